package io.framegate.bench;

import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * How long the gate takes from the start of its process to its first answer, beside a WAR with one page on the same Payara
 * Micro. The database runs and has its tables; the map is not loaded.
 *
 * <pre>
 *  system property  default  meaning
 *  bench.rounds           5  starts of each
 * </pre>
 */
public final class StartBenchmark {

    private static final long RETRY_MILLIS = 20;

    private final int rounds = Integer.getInteger("bench.rounds", 5);

    private StartBenchmark() {}

    public static void main(String[] args) throws Exception {
        new StartBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        Path empty = emptyWar(directory);
        List<Double> gates = new ArrayList<>();
        List<Double> empties = new ArrayList<>();
        try (EmbeddedDatabase database =
                EmbeddedDatabase.start(directory.resolve("postgresql"), directory.resolve("postgresql.log"))) {
            // The first start makes the tables, and brings the jars into the page cache.
            gate(database);
            for (int round = 0; round < rounds; round++) {
                empties.add(empty(empty));
                gates.add(gate(database));
            }
        }
        gates.sort(null);
        empties.sort(null);
        double gate = gates.get(rounds / 2);
        double none = empties.get(rounds / 2);
        String table = String.format(
                Locale.ROOT,
                "| seconds to the first answer, medians of %d starts (least – most) | |%n|---|---|%n"
                        + "| the gate | %.1f (%.1f – %.1f) |%n| a WAR with one page | %.1f (%.1f – %.1f) |%n"
                        + "| more | %.1f |%n",
                rounds,
                gate,
                gates.get(0),
                gates.get(rounds - 1),
                none,
                empties.get(0),
                empties.get(rounds - 1),
                gate - none);
        Files.writeString(directory.resolve("start.md"), table);
        System.out.println(table);
    }

    private static double gate(EmbeddedDatabase database) throws Exception {
        long begun = System.nanoTime();
        try (Subject gate = Subject.gate(
                Path.of("target", "framegate.war"),
                database.address().url(),
                database.address().user())) {
            Target target = new Target("the gate", gate.port(), Subjects.WELCOME, Subjects.WELCOME_RESPONSE);
            try (Peer peer = new Peer(target, 1, 1)) {
                peer.channel.configureBlocking(true);
                peer.request(1, begun);
                Figures figures = new Figures();
                while (peer.read(figures) == 0) {
                    // A reply may come in pieces.
                }
            }
            return (System.nanoTime() - begun) / 1e9;
        }
    }

    private static double empty(Path war) throws Exception {
        long begun = System.nanoTime();
        try (Subject empty = Subject.emptyWar(war)) {
            URI page = URI.create("http://127.0.0.1:" + empty.port() + "/empty/index.html");
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
