package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Gate;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.SmallDisk;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.Scorecard;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The disk with the database's files is full. It is a file system in memory that the test mounts, which takes root's rights;
 * the write-ahead log is on another disk, as PostgreSQL itself ends where it can't write that, which is another trouble
 * ({@link KilledSavesIT}).
 */
class FullDiskIT {

    private static final int READERS = 8;
    private static final int SAVERS = 8;
    private static final String SIZE = "128m";
    private static final String TEMPORARY_SIZE = "1g"; // Payara Micro unpacks itself there
    private static final Path MONACO = Path.of("target", "map-data", "monaco", "monaco-210801.osm.pbf");
    private static final int FULL_SECONDS = Scorecard.size(3, 15);
    private static final long PATIENCE_MILLIS = 40_000;
    private static final long MOST_RECOVERY_MILLIS = 5_000;
    private static final Pattern LINE = Pattern.compile("as the map's database has no room left on its disk");

    @Test
    void survivesFullDisks() throws Exception {
        Path directory = ServerOnDatabase.directory("full-disk");
        Path disk = Files.createTempDirectory(directory, "data-");
        Path temporary = Files.createTempDirectory(directory, "temporary-");
        try (SmallDisk mounted = SmallDisk.mount(disk, SIZE);
                SmallDisk other = SmallDisk.mount(temporary, TEMPORARY_SIZE)) {
            onDisks(directory, disk, temporary);
        }
    }

    /** A file that is sent and an export wait there. */
    private static void refusesWhatItCannotWriteForAMoment(ServerProcess server, Path temporary) throws Exception {
        String dataSet = "admin/map/data-sets/" + ServerOnDatabase.DATA_SET + "/records";
        // The TCP port is open before the pages are there.
        await(() -> answer(server, "GET", dataSet).statusCode() == 200);
        Path ballast = temporary.resolve("ballast");
        fill(ballast);
        HttpResponse<String> upload = answer(server, "POST", "admin/map/load/monaco.osm.pbf?dataSet=sent");
        assertEquals(503, upload.statusCode(), upload.body());
        assertTrue(upload.body().contains("for temporary files"), upload.body());
        HttpResponse<String> export = answer(server, "GET", dataSet);
        assertEquals(503, export.statusCode(), export.body());
        assertTrue(export.body().contains("for temporary files"), export.body());
        Files.delete(ballast);
        assertEquals(
                202,
                answer(server, "POST", "admin/map/load/monaco.osm.pbf?dataSet=sent")
                        .statusCode());
        await(() -> answer(server, "GET", "admin/map/data-sets").body().contains("\"sent\""));
        assertEquals(200, answer(server, "GET", dataSet).statusCode());
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertTrue(System.nanoTime() < deadline, "it did not happen");
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static HttpResponse<String> answer(ServerProcess server, String method, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(server.http("framegate/" + path))
                                .header(
                                        "Authorization",
                                        "Basic "
                                                + Base64.getEncoder()
                                                        .encodeToString(("admin:" + Deployed.ADMIN_PASSWORD)
                                                                .getBytes(StandardCharsets.UTF_8)))
                                .header("Content-Type", "application/octet-stream")
                                .timeout(Duration.ofSeconds(30))
                                .method(
                                        method,
                                        method.equals("GET")
                                                ? HttpRequest.BodyPublishers.noBody()
                                                : HttpRequest.BodyPublishers.ofFile(MONACO))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static void onDisks(Path directory, Path disk, Path temporary) throws Exception {
        Path ballast = disk.resolve("ballast");
        try (ServerOnDatabase both = ServerOnDatabase.withDatabase(directory, disk)) {
            both.stopDatabase();
            moveAway(disk.resolve("pg_wal"), Files.createTempDirectory(directory, "wal-"));
            both.startDatabase();
            both.startServer(
                    both.war(),
                    "-Djava.io.tmpdir=" + temporary,
                    "-Dframegate.admin.password=" + Deployed.ADMIN_PASSWORD);
            refusesWhatItCannotWriteForAMoment(both.server(), temporary);
            try (MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS);
                    Canary canary = new Canary(both.port())) {
                load.awaitAnswersOfAll();
                load.expect("the map's database has no room left on its disk");
                int logged = Files.readString(both.serverLog()).length();
                long full = System.nanoTime();
                fill(ballast);
                Gate.await(() -> load.refusedSaves() > SAVERS);
                long acknowledged = load.acknowledged();
                long reads = load.answeredReads();
                long refused = load.refusedSaves();
                TimeUnit.SECONDS.sleep(FULL_SECONDS);
                long readsMeanwhile = load.answeredReads() - reads;
                long refusedMeanwhile = load.refusedSaves() - refused;
                long savedMeanwhile = load.acknowledged() - acknowledged;
                Files.delete(ballast);
                long begun = System.nanoTime();
                load.awaitAnswersOfAll();
                long recovery = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                long told = LINE.matcher(Files.readString(both.serverLog()).substring(logged))
                        .results()
                        .count();
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - full);
                load.end();
                MapLoad.Outcome outcome = load.outcome();
                Scorecard.row(
                        27,
                        "the database's disk is full: an error without SQL for saves, reads go on, all recovers with room",
                        "full for %d s, told by %d lines of the log, under %d readers and %d editors: %,d saves refused, %,d saved in what room there was; %,d reads"
                                + " answered, %,d refused; all served again %,d ms after there was room; %,d saves acknowledged in all,"
                                + " %d lost, %d told as failed but stored; canary p99 %d ms",
                        FULL_SECONDS,
                        told,
                        READERS,
                        SAVERS,
                        refusedMeanwhile,
                        savedMeanwhile,
                        readsMeanwhile,
                        load.refusedReads(),
                        recovery,
                        load.acknowledged(),
                        outcome.lost(),
                        outcome.forged(),
                        canary.p99Millis());
                assertTrue(refusedMeanwhile > SAVERS, "saves that were refused");
                assertTrue(readsMeanwhile > READERS, "reads that were answered");
                assertEquals(0, load.refusedReads(), "reads that were refused");
                assertTrue(recovery <= MOST_RECOVERY_MILLIS, "until all is well again");
                assertEquals(0, outcome.lost(), "acknowledged and not stored once");
                assertEquals(0, outcome.forged(), "told as failed and stored");
                assertTrue(told >= FULL_SECONDS - 1 && told <= seconds + 1, () -> told + " lines in " + seconds + " s");
                assertTrue(Files.readString(both.serverLog()).substring(logged).contains("Saves are stored again."));
                assertTrue(both.isDatabaseAlive(), "PostgreSQL has lived through it");
            }
        }
    }

    /** Takes all the room that is left. */
    private static void fill(Path ballast) throws IOException {
        byte[] zeros = new byte[4096];
        try (OutputStream out = Files.newOutputStream(ballast)) {
            while (true) {
                out.write(zeros);
            }
        } catch (IOException e) {
            if (Files.getFileStore(ballast).getUsableSpace() >= zeros.length) {
                throw e;
            }
        }
    }

    /** Moves a directory to another disk, with a link in its place. */
    private static void moveAway(Path from, Path to) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(from)) {
            files = walk.sorted().toList();
        }
        for (Path file : files) {
            Path target = to.resolve(from.relativize(file));
            if (!Files.isDirectory(file)) {
                Files.copy(file, target);
            } else if (!file.equals(from)) {
                Files.createDirectory(target);
            }
        }
        for (Path file : files.stream().sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
        }
        Files.createSymbolicLink(from, to);
    }
}
