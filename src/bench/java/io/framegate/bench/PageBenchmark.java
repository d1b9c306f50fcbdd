package io.framegate.bench;

import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What an open console page costs the server, in turn with nobody and with one page following: requests per second, as welcomes on 64
 * connections with 16 requests in flight, and the CPU time of a server that nobody asks anything, which other work on the machine
 * disturbs less. The ratios are those of each pair, and then their median, without the first pair, in which the server warms up; the
 * last row is what the page costs of all cores, and so the most that it can take of the throughput. The page is a client of its
 * events; what a browser does with them is not the server's.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  measurements of each
 *  bench.millis        3000  of each measurement
 * </pre>
 */
public final class PageBenchmark {

    private static final int CONNECTIONS = 64;
    private static final int IN_FLIGHT = 16;
    private static final String PASSWORD = "for-the-benchmark-only";

    private final int rounds = Math.max(2, Integer.getInteger("bench.rounds", 5));
    private final int millis = Integer.getInteger("bench.millis", 3000);

    private PageBenchmark() {}

    /** Of one measurement; the last is of the server that nobody asks anything, in milliseconds per second. */
    private record Round(double requestsPerSecond, double cpuMicrosPerRequest, double idleCpuMillis) {}

    public static void main(String[] args) throws Exception {
        new PageBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        List<Round> closed = new ArrayList<>();
        List<Round> open = new ArrayList<>();
        try (EmbeddedDatabase database =
                        EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"));
                Subject gate = Subject.gate(
                        Path.of("target", "framegate.war"),
                        database.address().url(),
                        database.address().user(),
                        "-Dframegate.admin.password=" + PASSWORD)) {
            Target target = new Target("framegate", gate.port(), Subjects.WELCOME, Subjects.WELCOME_RESPONSE);
            ClosedLoop.run(target, CONNECTIONS, IN_FLIGHT, 2L * millis);
            for (int round = 0; round < rounds; round++) {
                closed.add(measure(gate, target));
                try (InputStream page = follow(gate)) {
                    Thread reading = reading(page);
                    open.add(measure(gate, target));
                    if (!reading.isAlive()) {
                        throw new IOException("the page's events have ended");
                    }
                }
            }
        }
        double closedRate = median(closed.stream().map(Round::requestsPerSecond).toList());
        double openRate = median(open.stream().map(Round::requestsPerSecond).toList());
        double closedIdle = median(closed.stream().map(Round::idleCpuMillis).toList());
        double openIdle = median(open.stream().map(Round::idleCpuMillis).toList());
        double closedCpu =
                median(closed.stream().map(Round::cpuMicrosPerRequest).toList());
        int cores = Runtime.getRuntime().availableProcessors();
        double openCpu = median(open.stream().map(Round::cpuMicrosPerRequest).toList());
        String table = String.format(
                Locale.ROOT,
                "| medians of %d rounds of %.1f s | requests/s | server CPU µs per request | CPU ms per second, idle |%n"
                        + "|---|---|---|---|%n| no page | %,.0f | %.3f | %.1f |%n| one page open | %,.0f | %.3f | %.1f |%n"
                        + "| ratio of pairs | %.4f | %.4f | |%n| of %d cores | | | %.2f %% |%n",
                rounds,
                millis / 1e3,
                closedRate,
                closedCpu,
                closedIdle,
                openRate,
                openCpu,
                openIdle,
                ratio(open, closed, Round::requestsPerSecond),
                ratio(open, closed, Round::cpuMicrosPerRequest),
                cores,
                (openIdle - closedIdle) / cores / 10);
        Files.writeString(directory.resolve("page.md"), table);
        System.out.println(table);
        System.out.println("closed " + closed + "\nopen   " + open);
    }

    private Round measure(Subject gate, Target target) throws IOException, InterruptedException {
        double cpu = gate.cpuSeconds();
        Figures figures = ClosedLoop.run(target, CONNECTIONS, IN_FLIGHT, millis);
        figures.usedCpu(gate.cpuSeconds() - cpu);
        Measurement measured = figures.measurement();
        double idle = gate.cpuSeconds();
        long begun = System.nanoTime();
        Thread.sleep(millis);
        double idleCpu = (gate.cpuSeconds() - idle) * 1e12 / (System.nanoTime() - begun);
        return new Round(measured.requestsPerSecond(), measured.cpuMicrosPerRequest(), idleCpu);
    }

    private static InputStream follow(Subject gate) throws IOException, InterruptedException {
        String admin = Base64.getEncoder().encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        HttpResponse<InputStream> live = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + gate.httpPort() + "/framegate/admin/running-info/live"))
                                .header("Authorization", "Basic " + admin)
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        if (live.statusCode() != 200) {
            throw new IOException("the page's events are refused: " + live.statusCode());
        }
        return live.body();
    }

    /** Takes the events, as a page does. */
    private static Thread reading(InputStream page) {
        Thread reading = new Thread(() -> {
            byte[] buffer = new byte[64 * 1024];
            try {
                while (page.read(buffer) >= 0) {
                    // What is in them is of no interest here.
                }
            } catch (IOException e) {
                // Closed at the end of the round.
            }
        });
        reading.setDaemon(true);
        reading.start();
        return reading;
    }

    private static double ratio(List<Round> open, List<Round> closed, ToDoubleFunction<Round> of) {
        return median(IntStream.range(1, open.size())
                .mapToObj(round -> of.applyAsDouble(open.get(round)) / of.applyAsDouble(closed.get(round)))
                .toList());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
