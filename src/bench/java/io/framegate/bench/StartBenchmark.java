package io.framegate.bench;

import io.framegate.bench.small.SmallApplication;
import io.framegate.bench.small.SmallBean;
import io.framegate.bench.small.SmallHealth;
import io.framegate.bench.small.SmallResource;
import io.framegate.bench.small.SmallStart;
import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How long the gate takes from the start of its process to its first answer, on the same Payara Micro beside a WAR with one
 * page, one with a bean as well, and a small application with one class of each kind that the gate has ({@link io.framegate.bench.small}). The
 * database runs and has its tables; the map is not loaded.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  starts of each
 *  bench.other-war           another build's WAR, to be started beside this one's
 * </pre>
 */
public final class StartBenchmark {

    private static final long RETRY_MILLIS = 20;
    private static final Path BUILT = Path.of("target", "framegate.war");

    private final int rounds = Integer.getInteger("bench.rounds", 5);

    private StartBenchmark() {}

    public static void main(String[] args) throws Exception {
        new StartBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        Path empty = emptyWar(directory);
        Path bean = Subjects.war(empty, directory.resolve("bean.war"), List.of(SmallBean.class));
        Path small = Subjects.war(
                empty,
                directory.resolve("small.war"),
                List.of(
                        SmallApplication.class,
                        SmallBean.class,
                        SmallHealth.class,
                        SmallResource.class,
                        SmallStart.class));
        String other = System.getProperty("bench.other-war", "");
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"))) {
            // The first start makes the tables, and brings the jars into the page cache.
            gate(BUILT, database);
            for (int round = 0; round < rounds; round++) {
                add(seconds, "a WAR with one page", page(empty, "/empty/index.html"));
                add(seconds, "a WAR with one bean", page(bean, "/bean/index.html"));
                add(seconds, "a small application", page(small, "/small/api/word"));
                add(seconds, "the gate", gate(BUILT, database));
                if (!other.isEmpty()) {
                    add(seconds, "the other build", gate(Path.of(other), database));
                }
            }
        }
        String table = table(seconds);
        Files.writeString(directory.resolve("start.md"), table);
        System.out.println(table);
    }

    private static void add(Map<String, List<Double>> seconds, String what, double each) {
        seconds.computeIfAbsent(what, any -> new ArrayList<>()).add(each);
    }

    private String table(Map<String, List<Double>> seconds) {
        seconds.values().forEach(each -> each.sort(null));
        double none = seconds.get("a WAR with one page").get(rounds / 2);
        StringBuilder table = new StringBuilder(String.format(
                "| | seconds to the first answer, medians of %d starts (least – most) | more |%n|---|---|---|%n",
                rounds));
        seconds.forEach((what, each) -> table.append(String.format(
                Locale.ROOT,
                "| %s | %.1f (%.1f – %.1f) | %.1f |%n",
                what,
                each.get(rounds / 2),
                each.get(0),
                each.get(rounds - 1),
                each.get(rounds / 2) - none)));
        return table.toString();
    }

    private static double gate(Path war, EmbeddedDatabase database) throws Exception {
        long begun = System.nanoTime();
        try (Subject gate = Subject.gate(war, database.address())) {
            Target target = new Target("the gate", gate.port(), Subjects.WELCOME, Subjects.WELCOME_RESPONSE);
            try (Peer peer = new Peer(target, 1, 1)) {
                peer.channel.configureBlocking(true);
                peer.request(1, begun);
                Result figures = new Result();
                while (peer.read(figures) == 0) {
                    // A reply may come in pieces.
                }
            }
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private static double page(Path war, String path) throws Exception {
        long begun = System.nanoTime();
        try (Subject other = Subject.otherWar(war)) {
            URI page = URI.create("http://127.0.0.1:" + other.port() + path);
            while (!answers(page)) {
                Thread.sleep(RETRY_MILLIS);
            }
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private static boolean answers(URI page) {
        try {
            return ((HttpURLConnection) page.toURL().openConnection()).getResponseCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path emptyWar(Path directory) throws IOException {
        Path war = directory.resolve("empty.war");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(war))) {
            out.putNextEntry(new ZipEntry("index.html"));
            out.write("<!doctype html><title>empty</title>".getBytes(StandardCharsets.US_ASCII));
            out.closeEntry();
        }
        return war;
    }
}
