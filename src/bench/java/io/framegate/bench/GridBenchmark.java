package io.framegate.bench;

import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One gate without a Data Grid, then one, two and three in one, with one load that is shared out among them: what they answer together,
 * the CPU time that it takes, and what each costs while nobody asks, which is what the grid and its list of instances take. All of
 * them, the database and the load have the cores of this machine in common, so the sum does not grow with their number; what more
 * machines would give is for paper.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  measurements of each
 *  bench.millis        3000  of each measurement
 * </pre>
 */
public final class GridBenchmark {

    private static final int CONNECTIONS = 64;
    private static final int[] IN_FLIGHT = {1, 16};
    private static final int MOST = 3;
    private static final long SETTLE_MILLIS = 10_000; // what the load has left is collected and compiled then
    private static final long IDLE_MILLIS = 10_000; // the kernel counts in hundredths of a second
    private static final String PASSWORD = "for-the-benchmark-only";
    private static final long MEETING_SECONDS = 60;

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int millis = Integer.getInteger("bench.millis", 3000);
    private final List<Subject> gates = new ArrayList<>();
    private final StringBuilder table = new StringBuilder();

    private GridBenchmark() {}

    public static void main(String[] args) throws Exception {
        new GridBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        Path war = Path.of("target", "framegate.war");
        List<Integer> members = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            members.add(Subject.freePort());
        }
        table.append(
                "| gates | 64×1 requests/s | CPU µs each | 64×16 requests/s | CPU µs each | idle, CPU ms/s of each |\n"
                        + "|---|---|---|---|---|---|\n");
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"))) {
            String password = "-Dframegate.admin.password=" + PASSWORD;
            try (Subject alone = Subject.gate(war, database.address(), password)) {
                gates.add(alone);
                row("1, no grid");
            }
            gates.clear();
            try {
                for (int i = 0; i < MOST; i++) {
                    gates.add(Subject.gateInGrid(
                            "gate" + (i + 1), war, database.address(), members.get(i), members, password));
                    awaitEachOther();
                    row(String.valueOf(i + 1));
                }
            } finally {
                for (Subject gate : gates) {
                    gate.close();
                }
            }
        }
        Files.writeString(directory.resolve("grid.md"), table);
        System.out.println(table);
    }

    private void row(String name) throws IOException, InterruptedException {
        List<Target> targets = gates.stream()
                .map(gate -> new Target(gate.name(), gate.port(), Subjects.WELCOME, Subjects.WELCOME_RESPONSE))
                .toList();
        for (Target target : targets) {
            ClosedLoop.run(target, CONNECTIONS, IN_FLIGHT[1], 2L * millis);
        }
        table.append("| ").append(name);
        for (int inFlight : IN_FLIGHT) {
            List<Double> rates = new ArrayList<>();
            List<Double> costs = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                double cpu = cpuSeconds();
                Result figures = ClosedLoop.run(targets, CONNECTIONS, inFlight, millis);
                figures.usedCpu(cpuSeconds() - cpu);
                Measurement measured = figures.measurement();
                rates.add(measured.requestsPerSecond());
                costs.add(measured.cpuMicrosPerRequest());
            }
            table.append(String.format(Locale.ROOT, " | %s | %s", spread("%,.0f", rates), spread("%.2f", costs)));
        }
        Thread.sleep(SETTLE_MILLIS);
        double cpu = cpuSeconds();
        long begun = System.nanoTime();
        Thread.sleep(IDLE_MILLIS);
        double perSecond = (cpuSeconds() - cpu) * 1e12 / (System.nanoTime() - begun);
        table.append(String.format(Locale.ROOT, " | %.1f |%n", perSecond / gates.size()));
    }

    /** The median, with the least and the most. */
    private static String spread(String format, List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                format + " (" + format + " – " + format + ")",
                sorted.get(sorted.size() / 2),
                sorted.get(0),
                sorted.get(sorted.size() - 1));
    }

    private double cpuSeconds() throws IOException {
        double all = 0;
        for (Subject gate : gates) {
            all += gate.cpuSeconds();
        }
        return all;
    }

    /** Until the newest sees all of them. */
    private void awaitEachOther() throws IOException, InterruptedException {
        String admin = Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        Subject newest = gates.get(gates.size() - 1);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + newest.httpPort() + "/framegate/admin/instances"))
                .header("Authorization", "Basic " + admin)
                .build();
        HttpClient http = HttpClient.newHttpClient();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MEETING_SECONDS);
        String last = "";
        while (!gates.stream().map(gate -> "\"name\":\"" + gate.name() + "\"").allMatch(last::contains)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the gates do not meet: " + last);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            last = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
