package io.framegate.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Fuzzes the targets, one after the other, each by Jazzer in a process of its own, and says how many inputs were tried.
 *
 * <pre>
 *  system property  default  meaning
 *  fuzz.targets     .*       a regular expression of their names
 *  fuzz.seconds     60       for each
 *  fuzz.keep        false    whether what reached something new is kept in src/test/resources/fuzz; what shows a bug always is
 * </pre>
 *
 * What Jazzer says is in {@code target/fuzz/<target>/log.txt}.
 */
public final class FuzzMain {

    /** Larger inputs are not kept: what they reach can be reached by less. */
    private static final int MAX_KEPT_BYTES = 512;

    private static final String SEED = "seed-";
    private static final Pattern EXECUTED = Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final Pattern COVERED = Pattern.compile(" cov: (\\d+) ");

    private FuzzMain() {}

    public static void main(String[] args) throws Exception {
        String wanted = System.getProperty("fuzz.targets", ".*");
        int seconds = Integer.getInteger("fuzz.seconds", 60);
        boolean keep = Boolean.getBoolean("fuzz.keep");
        long all = 0;
        long begun = System.nanoTime();
        int bugs = 0;
        System.out.printf("%-14s %14s %10s %9s %6s%n", "target", "executions", "per second", "covered", "bugs");
        for (FuzzTargets target : FuzzTargets.values()) {
            if (target.fileName().matches(wanted)) {
                Run run = new Run(target, seconds);
                run.fuzz();
                run.keep(keep);
                all += run.executions;
                bugs += run.bugs.size();
                System.out.printf(
                        Locale.ROOT,
                        "%-14s %,14d %,10d %,9d %6d%n",
                        target.fileName(),
                        run.executions,
                        run.executions / seconds,
                        run.covered,
                        run.bugs.size());
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%-14s %,14d in %d s%n",
                "all",
                all,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
        if (bugs > 0) {
            System.out.println("What shows the bugs is kept: FuzzCorpusTest fails by it until they are mended.");
            System.exit(1);
        }
    }

    private static final class Run {

        private final FuzzTargets target;
        private final int seconds;
        private final Path home;
        private final Path corpus;
        private final Path log;
        private long executions;
        private long covered;
        private List<Path> bugs = List.of();

        Run(FuzzTargets target, int seconds) throws IOException {
            this.target = target;
            this.seconds = seconds;
            home = Path.of("target", "fuzz", target.fileName()).toAbsolutePath();
            corpus = home.resolve("corpus");
            log = home.resolve("log.txt");
            empty(home);
            Files.createDirectories(corpus);
        }

        void fuzz() throws Exception {
            seeds(corpus);
            int i = 0;
            for (byte[] input : Corpus.of(target)) {
                Files.write(corpus.resolve("kept-" + i++), input);
            }
            jazzer(
                    "-max_total_time=" + seconds,
                    "-use_value_profile=1",
                    "-timeout=20",
                    "-rss_limit_mb=0",
                    "-artifact_prefix=" + home + "/",
                    corpus.toString());
            String said = Files.readString(log);
            executions = last(EXECUTED, said);
            covered = last(COVERED, said);
            bugs = files(home).stream()
                    .filter(file -> file.getFileName().toString().matches("(crash|timeout|oom)-.*"))
                    .toList();
            if (executions == 0) {
                throw new IllegalStateException("Jazzer did not run; see " + log);
            }
        }

        private void seeds(Path folder) throws Exception {
            int i = 0;
            for (byte[] seed : target.make().seeds()) {
                Files.write(folder.resolve(SEED + i++), seed);
            }
        }

        /** Of what was kept and found, what adds to the seeds; and all that shows a bug. */
        void keep(boolean found) throws Exception {
            List<byte[]> kept = new ArrayList<>(Corpus.of(target));
            if (found) {
                Path merged = Files.createDirectories(home.resolve("merged"));
                seeds(merged);
                jazzer("-merge=1", merged.toString(), corpus.toString());
                kept.clear();
                for (Path file : files(merged)) {
                    if (!file.getFileName().toString().startsWith(SEED) && Files.size(file) <= MAX_KEPT_BYTES) {
                        kept.add(Files.readAllBytes(file));
                    }
                }
            }
            for (Path bug : bugs) {
                kept.add(Files.readAllBytes(bug));
            }
            if (found || !bugs.isEmpty()) {
                Corpus.keep(target, kept);
            }
        }

        private void jazzer(String... options) throws Exception {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx768m",
                    "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("tmp")),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "com.code_intelligence.jazzer.Jazzer",
                    "--target_class=" + JazzerTarget.class.getName(),
                    "--target_args=" + target.fileName(),
                    "--instrumentation_includes=io.framegate.**:org.tukaani.xz.**:io.airlift.compress.**",
                    "--reproducer_path=" + home,
                    "-print_final_stats=1"));
            command.addAll(List.of(options));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
                if (!process.waitFor(seconds + 300L, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("Jazzer does not end; see " + log);
                }
            } finally {
                process.destroyForcibly();
            }
        }

        private static long last(Pattern pattern, String text) {
            long last = 0;
            for (Matcher matcher = pattern.matcher(text); matcher.find(); ) {
                last = Long.parseLong(matcher.group(1));
            }
            return last;
        }

        private static List<Path> files(Path folder) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(Files::isRegularFile).sorted().toList();
            }
        }

        private static void empty(Path folder) throws IOException {
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.delete(file);
                    }
                }
            }
        }
    }
}
