package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framegate.testkit.DatabaseProxy.Cut;
import io.framegate.testkit.Gate;
import io.framegate.testkit.PgBouncer;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.Scorecard;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A database that is lost in ways that nothing tells of: connections that carry nothing more, a server that takes no changes, one
 * that does not let the gate in, one behind a pooler. Requests are told in time, the health page says what is so, and all goes
 * on by itself.
 */
class LostDatabaseIT {

    private static final String GATE = "gate";
    private static final int READERS = 8;
    private static final int SAVERS = 4;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long MOST_RECOVERY_MILLIS = 30_000;
    private static final long MOST_HEALTH_MILLIS = 1_000;
    private static final long MOST_UNTRUTH_MILLIS = 5_000;
    private static final String UNREACHED = "the map's database cannot be reached now";
    private static final String OTHERS = "others are saving the same features now";

    private static ServerOnDatabase both;
    private static Path passwordFile;

    @BeforeAll
    static void start() throws Exception {
        Path directory = ServerOnDatabase.directory("lost-database");
        both = ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"));
        // A role of its own, so that the test is let in where the gate is not.
        both.execute("create role " + GATE + " superuser login password '" + both.databasePassword() + "'");
        passwordFile = Files.writeString(directory.resolve("password"), both.databasePassword() + "\n");
        both.startServer(
                both.war(),
                "-Dframegate.database.user=" + GATE,
                "-Dframegate.database.password=none of it",
                "-Dframegate.database.password-file=" + passwordFile);
        Gate.await("it is not ready", 60, () -> both.server().health() == 200);
    }

    /** Also in the log's own words: what one test does to the database is over before the next one counts its lines. */
    @BeforeEach
    void awaitCalm() {
        Gate.await(
                "the database is not as it should be",
                60,
                () -> both.server().health() == 200
                        && log().lastIndexOf("is not as it should be")
                                <= log().lastIndexOf("is as it should be again"));
    }

    @AfterAll
    static void stop() throws IOException {
        if (both != null) {
            both.close();
        }
    }

    /** Looks at the health page five times a second. */
    private static final class Health implements AutoCloseable {

        private final HttpClient client = HttpClient.newHttpClient();
        private final URI page = both.server().http("health/ready");
        private final Thread thread = new Thread(this::look, "health");
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile long longestMillis;
        private volatile String last = "";
        private volatile boolean done;

        Health() {
            thread.start();
        }

        private void look() {
            try {
                while (!done) {
                    long begun = System.nanoTime();
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(page)
                                    .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    longestMillis = Math.max(longestMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
                    last = answer.statusCode() + " " + answer.body();
                    TimeUnit.MILLISECONDS.sleep(200);
                }
            } catch (IOException | InterruptedException | RuntimeException e) {
                failure.set(e);
            }
        }

        /** Until it says so, in ms. */
        long until(String words) {
            long begun = System.nanoTime();
            Gate.await("the health page does not say " + words + " but " + last, 60, () -> last.contains(words));
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        }

        @Override
        public void close() throws InterruptedException {
            done = true;
            thread.join();
            assertEquals(null, failure.get());
            assertTrue(
                    longestMillis <= Scorecard.size(3, 1) * MOST_HEALTH_MILLIS,
                    () -> "health took " + longestMillis + " ms");
        }
    }

    private static long millisSince(long begun) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static void requireNothingLost(MapLoad load) throws Exception {
        load.end();
        assertEquals(new MapLoad.Outcome(0, 0), load.outcome());
    }

    /** Just before a commit: both sides think that the other is there, and the database keeps the locks of a save that nobody goes on with. */
    @Test
    void survivesDeadConnections() throws Exception {
        try (Health health = new Health();
                MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS);
                Canary canary = new Canary(both.port())) {
            load.expect(UNREACHED, OTHERS);
            load.awaitAnswersOfAll();
            int logged = log().length();
            int cuts = both.proxy().cuts();
            both.proxy().loseNext(Cut.BEFORE_COMMIT, "insert into map.save");
            Gate.await(() -> both.proxy().cuts() > cuts);
            long begun = System.nanoTime();
            long told = health.until("503");
            Gate.await("no reads and saves again", 60, allAnswered(load));
            long recovery = millisSince(begun);
            health.until("200");
            requireNothingLost(load);
            Scorecard.row(
                    47,
                    "database connections that die without a word: told within seconds, saves go on at most 30 s later, readiness"
                            + " tells it",
                    "%d readers and %d editors: not ready after %,d ms; the longest wait %,d ms; all served again %,d ms after; %,d"
                            + " saves acknowledged, none lost, none told as failed but stored; canary p99 %d ms",
                    READERS,
                    SAVERS,
                    told,
                    load.longestMillis(),
                    recovery,
                    load.acknowledged(),
                    canary.p99Millis());
            assertTrue(told <= MOST_UNTRUTH_MILLIS, () -> "not ready after " + told + " ms");
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, () -> "all served after " + recovery + " ms");
            assertTrue(load.longestMillis() <= MOST_RECOVERY_MILLIS, () -> "waited " + load.longestMillis() + " ms");
            assertLossToldOnce(logged);
        }
    }

    private static BooleanSupplier allAnswered(MapLoad load) {
        Thread waiting = new Thread(load::awaitAnswersOfAll, "all-answered");
        waiting.start();
        return () -> !waiting.isAlive();
    }

    @Test
    void survivesAReadOnlyDatabase() throws Exception {
        try (Health health = new Health();
                MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
            load.awaitAnswersOfAll();
            load.expect("the map's database takes no changes now", UNREACHED);
            // Holds for the sessions that are made from now on, and for these also when it is over.
            both.execute("alter role " + GATE + " set default_transaction_read_only = on");
            cutSessions();
            long told = health.until("set to take no changes");
            long reads = load.answeredReads();
            Gate.await("no reads", 20, () -> load.answeredReads() > reads + READERS);
            both.execute("alter role " + GATE + " reset default_transaction_read_only");
            long begun = System.nanoTime();
            load.awaitAnswersOfAll();
            long recovery = millisSince(begun);
            health.until("200");
            requireNothingLost(load);
            Scorecard.row(
                    47,
                    "a database that takes no changes: saves are told so, reads go on, readiness tells it",
                    "not ready after %,d ms; saves go on %,d ms after it takes changes again",
                    told,
                    recovery);
            assertTrue(told <= MOST_UNTRUTH_MILLIS, () -> "not ready after " + told + " ms");
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, () -> "all served after " + recovery + " ms");
        }
    }

    @Test
    void reportsARefusedUser() throws Exception {
        try (Health health = new Health();
                MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
            load.awaitAnswersOfAll();
            int logged = log().length();
            both.execute("alter role " + GATE + " nologin");
            cutSessions();
            long told = health.until("refuses the user or its password");
            both.execute("alter role " + GATE + " login");
            long begun = System.nanoTime();
            load.awaitAnswersOfAll();
            long recovery = millisSince(begun);
            health.until("200");
            requireNothingLost(load);
            assertTrue(told <= MOST_UNTRUTH_MILLIS, () -> "not ready after " + told + " ms");
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, () -> "all served after " + recovery + " ms");
            assertLossToldOnce(logged);
        }
    }

    /** Connections that are open go on, and new ones are made by the file as it is then. */
    @Test
    void takesAChangedPasswordFromItsFile() throws Exception {
        try (Health health = new Health();
                MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
            load.awaitAnswersOfAll();
            both.execute("alter role " + GATE + " password 'another one'");
            long refused = load.refusedReads() + load.refusedSaves();
            load.awaitAnswersOfAll();
            assertEquals(refused, load.refusedReads() + load.refusedSaves(), "those who are in go on");
            cutSessions();
            long told = health.until("refuses the user or its password");
            Files.writeString(passwordFile, "another one");
            long begun = System.nanoTime();
            load.awaitAnswersOfAll();
            long recovery = millisSince(begun);
            health.until("200");
            requireNothingLost(load);
            Scorecard.row(
                    47,
                    "a changed password of the database's user: taken from its file, without a restart",
                    "not ready %,d ms after connections were lost; all served %,d ms after the file was written; %,d saves"
                            + " acknowledged, none lost",
                    told,
                    recovery,
                    load.acknowledged());
            assertTrue(told <= MOST_UNTRUTH_MILLIS, () -> "not ready after " + told + " ms");
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, () -> "all served after " + recovery + " ms");
        } finally {
            both.execute("alter role " + GATE + " password '" + both.databasePassword() + "'");
            Files.writeString(passwordFile, both.databasePassword());
        }
    }

    @Test
    void servesThroughAPoolerThatPoolsByTransaction() throws Exception {
        assumeTrue(PgBouncer.isInstalled(), "there is no pgbouncer here");
        int logged = log().length();
        try (PgBouncer pooler = new PgBouncer(
                both.databasePort(), GATE, both.databasePassword(), ServerOnDatabase.directory("lost-database"))) {
            both.proxy().target(pooler.port());
            both.server().restart();
            Gate.await("it is not ready", 60, () -> both.server().health() == 200);
            try (MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
                for (int i = 0; i < 20; i++) {
                    load.awaitAnswersOfAll();
                }
                requireNothingLost(load);
                Scorecard.row(
                        47,
                        "PgBouncer in transaction mode between gate and database: recognised, and served through",
                        "%,d reads and %,d saves through its 4 connections, %,d refused",
                        load.answeredReads(),
                        load.acknowledged(),
                        load.refusedReads() + load.refusedSaves());
                assertEquals(0, load.refusedReads() + load.refusedSaves());
            }
            assertEquals(1, lines(logged, "A pooler such as PgBouncer stands before the database"));
            assertEquals(1, lines(logged, "takes no options of a session"));
        } finally {
            both.proxy().target(both.databasePort());
        }
    }

    /** By a control group of the system, which takes root's rights. */
    @Test
    void survivesALackOfThreads() throws Exception {
        Path group = Path.of(
                "/sys/fs/cgroup/pids/framegate-test-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(group);
        } catch (IOException e) {
            assumeTrue(false, "threads can't be bounded here: " + e);
        }
        Path parent = group.resolveSibling("cgroup.procs");
        try (MapLoad load = new MapLoad(both, READERS, 2 * SAVERS, PATIENCE_MILLIS)) {
            load.expect(UNREACHED, OTHERS);
            load.awaitAnswersOfAll();
            String pid = String.valueOf(both.server().pid());
            Files.writeString(group.resolve("cgroup.procs"), pid);
            Files.writeString(
                    group.resolve("pids.max"),
                    Files.readString(group.resolve("pids.current")).strip());
            // So that connections have to be made.
            cutSessions();
            TimeUnit.SECONDS.sleep(3);
            long refused = load.refusedReads() + load.refusedSaves();
            long answered = load.answeredReads() + load.acknowledged();
            Files.writeString(group.resolve("pids.max"), "max");
            load.awaitAnswersOfAll();
            requireNothingLost(load);
            Scorecard.row(
                    53,
                    "no more threads: no mistake of the server, as before once there are",
                    "3 s without: %,d requests answered, %,d refused as the database cannot be reached; all served after",
                    answered,
                    refused);
            Files.writeString(parent, pid);
        } finally {
            if (Files.exists(group)) {
                Files.writeString(group.resolve("pids.max"), "max");
                for (String left : Files.readAllLines(group.resolve("cgroup.procs"))) {
                    Files.writeString(parent, left);
                }
                Files.delete(group);
            }
        }
    }

    private static void cutSessions() throws Exception {
        Map<String, Integer> cut =
                both.counts("select 'all', count(pg_terminate_backend(pid))::integer from pg_stat_activity"
                        + " where usename = '" + GATE + "'");
        assertTrue(cut.get("all") > 0, "no sessions of the gate");
    }

    private static String log() {
        try {
            return Files.readString(both.serverLog());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The last line about the test before may come after this one's beginning. */
    private static void assertLossToldOnce(int logged) {
        int lost = log().indexOf("is not as it should be", logged);
        assertTrue(lost > 0, () -> log().substring(logged));
        Gate.await(() -> lines(lost, "is as it should be again") > 0);
        assertEquals(1, lines(lost, "is as it should be again"), () -> log().substring(logged));
    }

    private static long lines(int after, String words) {
        return log().substring(after)
                .lines()
                .filter(line -> line.contains(words))
                .count();
    }
}
