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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What an open console page costs the server, in turn with nobody and with one page following, each first in every other pair: the CPU
 * time of a server that nobody asks anything, over seconds, since the kernel tells hundredths of one and an event takes milliseconds;
 * and requests per second and CPU time of each, as welcomes on 64 connections with 16 requests in flight, over shorter times but in
 * more pairs, as what else the machine does changes them by more than a page can. Differences and ratios are those of each pair, and
 * then their median with its quartiles. The last row is what the page costs of all cores, and so the most that it can take of the
 * throughput. The page is a client of its events; what a browser does with them is not the server's.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  pairs of the server that nobody asks; {@value #LOADED_PAIRS} times as many under load
 *  bench.millis        3000  of each under load; a server that nobody asks is watched for {@value #IDLE_TIMES} times that
 * </pre>
 */
public final class PageBenchmark {

    private static final int CONNECTIONS = 64;
    private static final int IN_FLIGHT = 16;
    private static final int LOADED_PAIRS = 4;
    private static final int IDLE_TIMES = 10;
    private static final int SETTLE_TIMES = 15;
    private static final int EVENTS = 2; // the first has more in it
    private static final long EVENTS_SECONDS = 10;
    private static final String PASSWORD = "for-the-benchmark-only";

    private final int rounds = Math.max(2, Integer.getInteger("bench.rounds", 5));
    private final int millis = Integer.getInteger("bench.millis", 3000);
    private final List<Pair> idle = new ArrayList<>(); // CPU, ms/s
    private final List<Pair> rates = new ArrayList<>(); // requests/s
    private final List<Pair> costs = new ArrayList<>(); // CPU µs per request

    private PageBenchmark() {}

    /** The same without and with a page. */
    private record Pair(double closed, double open) {

        double difference() {
            return open - closed;
        }

        double ratio() {
            return open / closed;
        }
    }

    /** What is measured once. */
    @FunctionalInterface
    private interface Measuring<T> {

        T measure() throws IOException, InterruptedException;
    }

    public static void main(String[] args) throws Exception {
        new PageBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (EmbeddedDatabase database =
                        EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"));
                Subject gate = Subject.gate(
                        Path.of("target", "framegate.war"),
                        database.address(),
                        "-Dframegate.admin.password=" + PASSWORD)) {
            Target target = new Target("framegate", gate.port(), Subjects.WELCOME, Subjects.WELCOME_RESPONSE);
            ClosedLoop.run(target, CONNECTIONS, IN_FLIGHT, 2L * millis);
            for (int round = 0; round < LOADED_PAIRS * rounds; round++) {
                loaded(gate, target, round % 2 == 0);
            }
            // What load and start have left is collected and compiled meanwhile.
            withPage(gate, () -> {
                Thread.sleep((long) SETTLE_TIMES * millis);
                return 0.0;
            });
            for (int round = 0; round < rounds; round++) {
                idle(gate, round % 2 == 0);
            }
        }
        String table = table();
        Files.writeString(directory.resolve("page.md"), table);
        System.out.println(table);
        System.out.println("idle " + idle + "\nrates " + rates + "\ncosts " + costs);
    }

    private void loaded(Subject gate, Target target, boolean closedFirst) throws IOException, InterruptedException {
        Measuring<Measurement> measuring = () -> {
            double cpu = gate.cpuSeconds();
            Result figures = ClosedLoop.run(target, CONNECTIONS, IN_FLIGHT, millis);
            figures.usedCpu(gate.cpuSeconds() - cpu);
            return figures.measurement();
        };
        Measurement first = closedFirst ? measuring.measure() : withPage(gate, measuring);
        Measurement second = closedFirst ? withPage(gate, measuring) : measuring.measure();
        Measurement closed = closedFirst ? first : second;
        Measurement open = closedFirst ? second : first;
        rates.add(new Pair(closed.requestsPerSecond(), open.requestsPerSecond()));
        costs.add(new Pair(closed.cpuMicrosPerRequest(), open.cpuMicrosPerRequest()));
    }

    private void idle(Subject gate, boolean closedFirst) throws IOException, InterruptedException {
        Measuring<Double> measuring = () -> {
            double cpu = gate.cpuSeconds();
            long begun = System.nanoTime();
            Thread.sleep((long) IDLE_TIMES * millis);
            return (gate.cpuSeconds() - cpu) * 1e12 / (System.nanoTime() - begun);
        };
        double first = closedFirst ? measuring.measure() : withPage(gate, measuring);
        double second = closedFirst ? withPage(gate, measuring) : measuring.measure();
        idle.add(closedFirst ? new Pair(first, second) : new Pair(second, first));
    }

    private String table() {
        int cores = Runtime.getRuntime().availableProcessors();
        return String.format(
                Locale.ROOT,
                "| median (quartiles) | idle, CPU ms/s | requests/s | CPU µs per request |%n|---|---|---|---|%n"
                        + "| no page | %s | %s | %s |%n| one page open | %s | %s | %s |%n"
                        + "| of pairs | + %s | × %s | × %s |%n| of %d cores | %.2f %% | | |%n| pairs | %d | %d | %d |%n",
                spread("%.1f", idle, Pair::closed),
                spread("%,.0f", rates, Pair::closed),
                spread("%.3f", costs, Pair::closed),
                spread("%.1f", idle, Pair::open),
                spread("%,.0f", rates, Pair::open),
                spread("%.3f", costs, Pair::open),
                spread("%.1f", idle, Pair::difference),
                spread("%.3f", rates, Pair::ratio),
                spread("%.3f", costs, Pair::ratio),
                cores,
                part(idle, Pair::difference, 0.5) / cores / 10,
                idle.size(),
                rates.size(),
                costs.size());
    }

    private static String spread(String format, List<Pair> pairs, ToDoubleFunction<Pair> of) {
        return String.format(
                Locale.ROOT,
                format + " (" + format + " – " + format + ")",
                part(pairs, of, 0.5),
                part(pairs, of, 0.25),
                part(pairs, of, 0.75));
    }

    private static double part(List<Pair> pairs, ToDoubleFunction<Pair> of, double part) {
        double[] sorted = pairs.stream().mapToDouble(of).sorted().toArray();
        return sorted[(int) (part * sorted.length)];
    }

    /** Measures while a page follows. */
    private static <T> T withPage(Subject gate, Measuring<T> measuring) throws IOException, InterruptedException {
        try (InputStream page = follow(gate)) {
            CountDownLatch events = new CountDownLatch(EVENTS);
            Thread reading = reading(page, events);
            if (!events.await(EVENTS_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the page is told nothing");
            }
            T measured = measuring.measure();
            if (!reading.isAlive()) {
                throw new IOException("the page's events have ended");
            }
            return measured;
        }
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
    private static Thread reading(InputStream page, CountDownLatch events) {
        Thread reading = new Thread(() -> {
            byte[] buffer = new byte[64 * 1024];
            try {
                for (int got = page.read(buffer); got >= 0; got = page.read(buffer)) {
                    // An empty line ends each; what is in it is of no interest here.
                    if (got > 1 && buffer[got - 1] == '\n' && buffer[got - 2] == '\n') {
                        events.countDown();
                    }
                }
            } catch (IOException e) {
                // Closed at the end of the round.
            }
        });
        reading.setDaemon(true);
        reading.start();
        return reading;
    }
}
