package io.framegate.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The gate and its peers, each in a process of its own, all started before the first measurement; then round after round,
 * and in each round every subject in every scenario, in an order that changes from round to round. What is told are the
 * medians of the rounds, and their spread.
 *
 * <pre>
 *  system property         default  meaning
 *  bench.rounds                  5
 *  bench.millis               3000  of one measurement
 *  bench.scenarios                  a regular expression of scenarios' names; all where it is not given
 *  bench.subjects                   a regular expression of subjects' names; all where it is not given
 *  bench.warmup-millis        4000  of each scenario, before the first measurement
 *  bench.rate                       requests/s of the open loop; half of the slowest peer's 64×1 where it is not given
 *  bench.other-war                  the WAR of another build, to be measured beside this one; none where it is not given
 *  bench.append              false  whether the scenarios of the report in target/bench are kept and these put to them
 *  bench.publish             false  whether the README's own table and plot are written, under src/docs
 * </pre>
 *
 * The results are {@code target/bench/benchmark.md}, {@code .json} and {@code .svg}. Every reply is compared byte for byte;
 * a wrong one ends the benchmark.
 */
public final class Benchmark {

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private int openLoopRate = Integer.getInteger("bench.rate", 0);
    private final int millis = Integer.getInteger("bench.millis", 3000);
    private final int warmUpMillis = Integer.getInteger("bench.warmup-millis", 4000);

    /** One column of the table. */
    @FunctionalInterface
    interface Load {
        Result run(Target target, long millis) throws IOException;
    }

    private Benchmark() {}

    public static void main(String[] args) throws Exception {
        new Benchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (Subjects subjects = Subjects.start(directory)) {
            Map<String, Map<String, List<Measurement>>> results = new LinkedHashMap<>();
            if (Boolean.getBoolean("bench.append")) {
                results.putAll(Report.read(directory));
            }
            results.putAll(measure(subjects.entries()));
            Report report = new Report(results, rounds, millis);
            report.write(directory);
            if (Boolean.getBoolean("bench.publish")) {
                report.write(Files.createDirectories(Path.of("src", "docs")));
            }
            System.out.println(report.markdown());
        }
    }

    private Map<String, Map<String, List<Measurement>>> measure(List<Subjects.Entry> entries) throws IOException {
        Map<String, Load> loads = loads(entries);
        loads.keySet().removeIf(name -> !name.matches(System.getProperty("bench.scenarios", ".*")));
        for (Subjects.Entry entry : entries) {
            System.out.println("warming up " + entry.name());
            ClosedLoop.run(entry.target(), 64, 16, 2 * warmUpMillis);
            for (Map.Entry<String, Load> load : loads.entrySet()) {
                run(load, entry, warmUpMillis);
            }
        }
        Map<String, Map<String, List<Measurement>>> results = new LinkedHashMap<>();
        for (String scenario : loads.keySet()) {
            Map<String, List<Measurement>> rows = new LinkedHashMap<>();
            entries.forEach(entry -> rows.put(entry.name(), new ArrayList<>()));
            results.put(scenario, rows);
        }
        for (int round = 1; round <= rounds; round++) {
            List<Subjects.Entry> order = new ArrayList<>(entries);
            Collections.rotate(order, round);
            for (Map.Entry<String, Load> load : loads.entrySet()) {
                for (Subjects.Entry entry : order) {
                    double cpu = entry.subject().cpuSeconds();
                    Result figures = run(load, entry, millis);
                    figures.usedCpu(entry.subject().cpuSeconds() - cpu);
                    Measurement measured = figures.measurement();
                    System.out.printf(
                            Locale.ROOT,
                            "round %d, %s, %s: %.0f requests/s, %.2f µs CPU, p50 %.0f µs, p99 %.0f µs%n",
                            round,
                            load.getKey(),
                            entry.name(),
                            measured.requestsPerSecond(),
                            measured.cpuMicrosPerRequest(),
                            measured.p50Micros(),
                            measured.p99Micros());
                    results.get(load.getKey()).get(entry.name()).add(measured);
                }
            }
        }
        return results;
    }

    private static Result run(Map.Entry<String, Load> load, Subjects.Entry entry, long millis) throws IOException {
        try {
            return load.getValue().run(entry.target(), millis);
        } catch (IOException e) {
            throw new IOException(load.getKey() + ", " + e.getMessage(), e);
        }
    }

    private Map<String, Load> loads(List<Subjects.Entry> entries) throws IOException {
        Map<String, Load> loads = new LinkedHashMap<>();
        loads.put("64×1", (target, time) -> ClosedLoop.run(target, 64, 1, time));
        loads.put("64×16", (target, time) -> ClosedLoop.run(target, 64, 16, time));
        loads.put("1×1", (target, time) -> ClosedLoop.run(target, 1, 1, time));
        loads.put("1000×1", (target, time) -> ClosedLoop.run(target, 1000, 1, time));
        loads.put("one-shot 32", (target, time) -> OneShot.run(target, 32, time));
        loads.put("open loop", (target, time) -> OpenLoop.run(target, 64, openLoopRate(entries), time));
        return loads;
    }

    /** Half of what the slowest peer answers at 64×1, measured when it is first wanted. */
    private int openLoopRate(List<Subjects.Entry> entries) throws IOException {
        if (openLoopRate == 0) {
            double least = Double.MAX_VALUE;
            List<Subjects.Entry> peers =
                    entries.stream().filter(Subjects.Entry::isPeer).toList();
            for (Subjects.Entry entry : peers.isEmpty() ? entries : peers) {
                ClosedLoop.run(entry.target(), 64, 1, warmUpMillis);
                Result figures = ClosedLoop.run(entry.target(), 64, 1, warmUpMillis);
                least = Math.min(least, figures.measurement().requestsPerSecond());
            }
            openLoopRate = (int) (least / 2000) * 1000;
            System.out.println("the open loop's rate is " + openLoopRate + "/s");
        }
        return openLoopRate;
    }
}
