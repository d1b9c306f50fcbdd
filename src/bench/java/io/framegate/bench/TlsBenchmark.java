package io.framegate.bench;

import io.framegate.launch.EmbeddedDatabase;
import io.framegate.testkit.Certificates;
import io.framegate.tls.Contexts;
import io.framegate.tls.TrustSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * What TLS costs: the gate with TLS 1.3 beside the same without, each in a Payara Micro of its own, asked by one client that
 * differs in its sockets alone. Round after round, and in each round both in every scenario; medians are told.
 *
 * <pre>
 *  system property      default  meaning
 *  bench.rounds               5
 *  bench.millis            1000  of one measurement
 *  bench.warmup-millis     1500  of each scenario, before the first measurement
 * </pre>
 *
 * The result is {@code target/bench/tls.md}. The client takes its share of the machine, more over TLS than without: what the gate
 * takes is its processor time.
 */
public final class TlsBenchmark {

    private static final String PROTOCOL = "TLSv1.3";
    private static final int AT_A_TIME = 16;

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int millis = Integer.getInteger("bench.millis", 1000);
    private final int warmUpMillis = Integer.getInteger("bench.warmup-millis", 1500);
    private final AtomicLong names = new AtomicLong();

    /** A load on one of the two. */
    @FunctionalInterface
    private interface Load {
        Result run(long millis) throws IOException;
    }

    private record Row(String scenario, Subject subject, Load load, List<Measurement> measured) {

        Measurement median() {
            return measured.stream()
                    .sorted(Comparator.comparingDouble(Measurement::requestsPerSecond))
                    .toList()
                    .get(measured.size() / 2);
        }
    }

    private TlsBenchmark() {}

    public static void main(String[] args) throws Exception {
        new TlsBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        Certificates authority = Certificates.authority("Benchmark");
        Certificates.Issued issued = authority.issue("gate", "EC");
        SSLContext tls = Contexts.client(
                Optional.of(new TrustSource.Pem(authority.trust(directory.resolve("tls-authority.pem")))),
                Optional.empty());
        EmbeddedDatabase database =
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"));
        try (Subject plain = gate(database);
                Subject secured = gate(
                        database,
                        "-Dframegate.tls.certificate="
                                + issued.chain(directory.resolve("tls.pem")).toAbsolutePath(),
                        "-Dframegate.tls.key="
                                + issued.key(directory.resolve("tls-key.pem")).toAbsolutePath(),
                        "-Dframegate.tls.min-version=1.3")) {
            List<Row> rows = rows(plain, secured, tls);
            measure(rows);
            String page = page(rows);
            Files.writeString(directory.resolve("tls.md"), page);
            System.out.println(page);
        } finally {
            database.close();
        }
    }

    private static Subject gate(EmbeddedDatabase database, String... options) throws Exception {
        return Subject.gate(Path.of("target", "framegate.war"), database.address(), options);
    }

    private List<Row> rows(Subject plain, Subject secured, SSLContext tls) {
        BlockingLoop.Connector open = () -> connect(plain);
        // The JDK keeps one session for each host's name, to be resumed once: each thread has a name of its own here.
        BlockingLoop.Connector resumed =
                () -> handshake(tls, secured, Thread.currentThread().getName().replaceAll(".*-", "gate-") + ".invalid");
        BlockingLoop.Connector begun = () -> handshake(tls, secured, "gate" + names.incrementAndGet() + ".invalid");
        Map<String, Load> withoutTls = new LinkedHashMap<>();
        Map<String, Load> withTls = new LinkedHashMap<>();
        for (int inFlight : new int[] {1, 16}) {
            String name = "64×" + inFlight;
            withoutTls.put(name, time -> BlockingLoop.kept(open, 64, inFlight, time));
            withTls.put(name, time -> BlockingLoop.kept(begun, 64, inFlight, time));
        }
        String each = "connection each, " + AT_A_TIME + " at a time";
        withoutTls.put(each, time -> BlockingLoop.oneShot(open, AT_A_TIME, time));
        withTls.put(each + ", full handshake", time -> BlockingLoop.oneShot(begun, AT_A_TIME, time));
        withTls.put(each + ", resumed session", time -> BlockingLoop.oneShot(resumed, AT_A_TIME, time));
        List<Row> rows = new ArrayList<>();
        withoutTls.forEach((name, load) -> rows.add(new Row(name, plain, load, new ArrayList<>())));
        withTls.forEach((name, load) -> rows.add(new Row(name + ", TLS 1.3", secured, load, new ArrayList<>())));
        rows.sort(Comparator.comparing(row -> row.scenario().split(",")[0].equals("connection each")));
        return rows;
    }

    private void measure(List<Row> rows) throws IOException {
        for (Row row : rows) {
            row.load().run(warmUpMillis);
        }
        for (int round = 1; round <= rounds; round++) {
            for (Row row : rows) {
                double cpu = row.subject().cpuSeconds();
                Result figures = row.load().run(millis);
                figures.usedCpu(row.subject().cpuSeconds() - cpu);
                row.measured().add(figures.measurement());
            }
        }
    }

    private String page(List<Row> rows) {
        StringBuilder page =
                new StringBuilder("| | requests/s (least – most) | CPU µs of the gate's process | p50 µs | p99 µs |\n"
                        + "|---|---|---|---|---|\n");
        for (Row row : rows) {
            Measurement median = row.median();
            page.append(String.format(
                    Locale.ROOT,
                    "| %s | %,.0f (%,.0f – %,.0f) | %.1f | %,.0f | %,.0f |%n",
                    row.scenario(),
                    median.requestsPerSecond(),
                    row.measured().stream()
                            .mapToDouble(Measurement::requestsPerSecond)
                            .min()
                            .orElseThrow(),
                    row.measured().stream()
                            .mapToDouble(Measurement::requestsPerSecond)
                            .max()
                            .orElseThrow(),
                    median.cpuMicrosPerRequest(),
                    median.p50Micros(),
                    median.p99Micros()));
        }
        return page.toString();
    }

    private static Socket connect(Subject subject) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        // A reset instead of a farewell, or the ports of this machine would soon be used up.
        socket.setSoLinger(true, 0);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), subject.port()));
        return socket;
    }

    private static Socket handshake(SSLContext tls, Subject subject, String host) throws IOException {
        SSLSocket socket =
                (SSLSocket) tls.getSocketFactory().createSocket(connect(subject), host, subject.port(), true);
        socket.setEnabledProtocols(new String[] {PROTOCOL});
        socket.startHandshake();
        return socket;
    }
}
