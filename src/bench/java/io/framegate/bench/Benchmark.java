package io.framegate.bench;

import io.framegate.bench.guest.HandedRequest;
import io.framegate.bench.guest.HandedResponse;
import io.framegate.bench.guest.HandedWorker;
import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 *  bench.publish             false  whether the README's own table and plot are written, under src/docs
 * </pre>
 *
 * The results are {@code target/bench/benchmark.md}, {@code .json} and {@code .svg}. Every reply is compared byte for byte;
 * a wrong one ends the benchmark.
 */
public final class Benchmark {

    private static final int WELCOME = 100101;
    private static final int WELCOME_RESPONSE = 500101;

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int millis = Integer.getInteger("bench.millis", 3000);
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One row of the table.
     *
     * @param name in the table
     * @param subject its process
     * @param target where in it
     */
    record Entry(String name, Subject subject, Target target) {}

    /** One column of the table. */
    @FunctionalInterface
    interface Load {
        Figures run(Target target, long millis) throws IOException;
    }

    private Benchmark() {}

    public static void main(String[] args) throws Exception {
        new Benchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        List<Subject> subjects = new ArrayList<>();
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"))) {
            try {
                startAll(subjects, directory, database);
                Map<String, Map<String, List<Figures>>> results = measure();
                Report report = new Report(results, rounds, millis);
                report.write(directory);
                if (Boolean.getBoolean("bench.publish")) {
                    report.write(Files.createDirectories(Path.of("src", "docs")));
                }
                System.out.println(report.markdown());
            } finally {
                for (Subject subject : subjects) {
                    subject.close();
                }
            }
        }
    }

    private void startAll(List<Subject> subjects, Path directory, EmbeddedDatabase database) throws Exception {
        String wanted = System.getProperty("bench.subjects", ".*");
        Subject gate = Subject.gate(
                war(directory), database.address().url(), database.address().user());
        subjects.add(gate);
        add("framegate, non-blocking", gate, WELCOME, WELCOME_RESPONSE, wanted);
        add("framegate, managed executor", gate, HandedRequest.ID, HandedResponse.ID, wanted);
        Map<String, String> peers = new LinkedHashMap<>();
        peers.put("netty-handoff", "Netty, hand-off per connection");
        peers.put("netty-group", "Netty, executor group");
        peers.put("netty-inline", "Netty, inline handler");
        peers.put("vertx-blocking", "Vert.x, executeBlocking");
        peers.put("nio2-two-reads", "NIO.2, header and body read separately");
        for (Map.Entry<String, String> peer : peers.entrySet()) {
            if (peer.getValue().matches(wanted)) {
                Subject subject = Subject.peer(peer.getKey());
                subjects.add(subject);
                add(peer.getValue(), subject, WELCOME, WELCOME_RESPONSE, wanted);
            }
        }
    }

    private void add(String name, Subject subject, int requestId, int responseId, String wanted) {
        if (name.matches(wanted)) {
            entries.add(new Entry(name, subject, new Target(subject.port(), requestId, responseId)));
        }
    }

    /** The WAR with the benchmark's guest in it. */
    private static Path war(Path directory) throws IOException {
        Path war = directory.resolve("framegate.war");
        Files.copy(Path.of("target", "framegate.war"), war, StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            for (Class<?> type : List.of(HandedRequest.class, HandedResponse.class, HandedWorker.class)) {
                String path = type.getName().replace('.', '/') + ".class";
                Path inside = files.getPath("WEB-INF", "classes", path);
                Files.createDirectories(inside.getParent());
                try (var in = type.getResourceAsStream("/" + path)) {
                    Files.copy(in, inside);
                }
            }
        }
        return war;
    }

    private Map<String, Map<String, List<Figures>>> measure() throws IOException {
        Map<String, Load> loads = loads();
        loads.keySet().removeIf(name -> !name.matches(System.getProperty("bench.scenarios", ".*")));
        for (Entry entry : entries) {
            System.out.println("warming up " + entry.name());
            ClosedLoop.run(entry.target(), 64, 16, 3000);
            for (Load load : loads.values()) {
                load.run(entry.target(), 1500);
            }
        }
        Map<String, Map<String, List<Figures>>> results = new LinkedHashMap<>();
        for (String scenario : loads.keySet()) {
            Map<String, List<Figures>> rows = new LinkedHashMap<>();
            entries.forEach(entry -> rows.put(entry.name(), new ArrayList<>()));
            results.put(scenario, rows);
        }
        for (int round = 1; round <= rounds; round++) {
            List<Entry> order = new ArrayList<>(entries);
            Collections.rotate(order, round);
            for (Map.Entry<String, Load> load : loads.entrySet()) {
                for (Entry entry : order) {
                    double cpu = entry.subject().cpuSeconds();
                    Figures figures = load.getValue().run(entry.target(), millis);
                    figures.usedCpu(entry.subject().cpuSeconds() - cpu);
                    System.out.printf(
                            Locale.ROOT,
                            "round %d, %s, %s: %.0f requests/s, %.2f µs CPU, p50 %.0f µs, p99 %.0f µs%n",
                            round,
                            load.getKey(),
                            entry.name(),
                            figures.requestsPerSecond(),
                            figures.cpuMicrosPerRequest(),
                            figures.micros(50),
                            figures.micros(99));
                    results.get(load.getKey()).get(entry.name()).add(figures);
                }
            }
        }
        return results;
    }

    private static Map<String, Load> loads() {
        Map<String, Load> loads = new LinkedHashMap<>();
        loads.put("64×1", (target, time) -> ClosedLoop.run(target, 64, 1, time));
        loads.put("64×16", (target, time) -> ClosedLoop.run(target, 64, 16, time));
        loads.put("1×1", (target, time) -> ClosedLoop.run(target, 1, 1, time));
        loads.put("1000×1", (target, time) -> ClosedLoop.run(target, 1000, 1, time));
        loads.put("one-shot 32", (target, time) -> OneShot.run(target, 32, time));
        loads.put("open loop 10 000/s", (target, time) -> OpenLoop.run(target, 64, 10_000, time));
        return loads;
    }
}
