package io.framegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What the gate and its peers need: memory for each idle connection, and whether ten thousand of them slow the others;
 * heap and garbage under load.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  with and without the idle connections
 *  bench.millis        2000  of one measurement
 *  bench.idle         10000  idle connections
 *  bench.publish      false  whether src/docs/footprint.md is written
 * </pre>
 */
public final class FootprintBenchmark {

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int millis = Integer.getInteger("bench.millis", 2000);
    private final int idle = Integer.getInteger("bench.idle", 10_000);
    private final StringBuilder page = new StringBuilder();

    private FootprintBenchmark() {}

    public static void main(String[] args) throws Exception {
        new FootprintBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (Subjects subjects = Subjects.start(directory)) {
            for (Subjects.Entry entry : subjects.entries()) {
                System.out.println("warming up " + entry.name());
                ClosedLoop.run(entry.target(), 64, 16, 3000);
                ClosedLoop.run(entry.target(), 64, 1, 1500);
            }
            load(subjects);
            idle(subjects);
        }
        Files.writeString(directory.resolve("footprint.md"), page);
        if (Boolean.getBoolean("bench.publish")) {
            Files.writeString(Path.of("src", "docs", "footprint.md"), page);
        }
        System.out.println(page);
    }

    /** Heap and garbage under 64×16. */
    private void load(Subjects subjects) throws Exception {
        line(
                "**Memory under 64×16**, after and while being asked for %d s; the heap may grow to 1 GiB%n",
                4 * millis / 1000);
        line(
                "| | garbage, bytes each | heap in use, most, MiB | heap taken, most, MiB | live after a collection, MiB |");
        line("|---|---|---|---|---|");
        ExecutorService background = Executors.newSingleThreadExecutor();
        try {
            for (Subjects.Entry entry : subjects.entries()) {
                try (ServerJvm jvm = ServerJvm.of(entry.subject())) {
                    jvm.collectGarbage();
                    long allocated = jvm.allocatedBytes();
                    Callable<Result> load = () -> ClosedLoop.run(entry.target(), 64, 16, 4L * millis);
                    Future<Result> running = background.submit(load);
                    long used = 0;
                    long taken = 0;
                    while (!running.isDone()) {
                        used = Math.max(used, jvm.heap().getUsed());
                        taken = Math.max(taken, jvm.heap().getCommitted());
                        Thread.sleep(100);
                    }
                    long answered = running.get().answered();
                    allocated = jvm.allocatedBytes() - allocated;
                    jvm.collectGarbage();
                    line(
                            "| %s | %.0f | %.0f | %.0f | %.0f |",
                            entry.name(),
                            (double) allocated / answered,
                            mebibytes(used),
                            mebibytes(taken),
                            mebibytes(jvm.heap().getUsed()));
                }
            }
        } finally {
            background.shutdownNow();
        }
        line("");
    }

    private void idle(Subjects subjects) throws Exception {
        line(
                "**%,d idle connections**, each asked once before; medians of %d rounds of %d ms with and without them%n",
                idle, rounds, millis);
        line("| | resident, bytes each | heap after a collection, bytes each | 64×1 beside them | 64×16 beside them |");
        line("|---|---|---|---|---|");
        for (Subjects.Entry entry : subjects.entries()) {
            long resident;
            long heap;
            try (ServerJvm jvm = ServerJvm.of(entry.subject())) {
                jvm.collectGarbage();
                resident = jvm.residentBytes();
                heap = jvm.heap().getUsed();
                try (IdleConnections connections = IdleConnections.open(entry.target(), idle)) {
                    jvm.collectGarbage();
                    resident = (jvm.residentBytes() - resident) / connections.count();
                    heap = (jvm.heap().getUsed() - heap) / connections.count();
                }
            }
            line(
                    "| %s | %,d | %,d | %.3f × | %.3f × |",
                    entry.name(), resident, heap, beside(entry.target(), 1), beside(entry.target(), 16));
        }
        line("");
    }

    /** The rate beside idle connections against the rate without, the median of the rounds' ratios. */
    private double beside(Target target, int inFlight) throws IOException {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            double alone = rate(target, inFlight);
            double beside;
            try (IdleConnections connections = IdleConnections.open(target, idle)) {
                beside = rate(target, inFlight);
            }
            ratios.add(beside / alone);
        }
        ratios.sort(null);
        return ratios.get(ratios.size() / 2);
    }

    private double rate(Target target, int inFlight) throws IOException {
        return ClosedLoop.run(target, 64, inFlight, millis).measurement().requestsPerSecond();
    }

    private static double mebibytes(long bytes) {
        return bytes / (1024.0 * 1024.0);
    }

    private void line(String format, Object... values) {
        page.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
