package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.SleepRequest;
import io.framegate.guest.SleepResponse;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.Scorecard;
import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A database that is not there when the server starts, one that stalls: its connections stay open and carry no byte; and one
 * whose tables are not as they should be.
 */
class DatabaseAwayIT {

    private static final int READERS = 48;
    private static final int SAVERS = 16;

    /** Longer than an answer of the database is waited for, or only than a connection is. */
    private static final int STALL_SECONDS = Scorecard.size(12, 45);

    /** An answer of the database is waited for 30 s, and what has come meanwhile may wait once more for a connection. */
    private static final long MOST_WAIT_MILLIS = 40_000;

    private static final long MOST_RECOVERY_MILLIS = 10_000;

    /** Once all threads wait, the next that needs no database may wait until there are more threads. */
    private static final long MOST_OTHER_MILLIS = 8_000;

    private static final long MOST_START_MILLIS = 5_000;

    private static final int FAULT_SECONDS = Scorecard.size(3, 10);
    private static final Pattern FAULT = Pattern.compile(
            "A request of the administrator failed in the database(?:; so did (\\d+) others since the last such line)?");

    @Test
    void deploysWithoutADatabase() throws Exception {
        Path directory = ServerOnDatabase.directory("database-later");
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            both.stopDatabase();
            both.startServer(Path.of("target", "framegate.war"));
            try (Canary canary = new Canary(both.port())) {
                assertEquals(503, both.server().health());
                try (RawClient client = new RawClient(both.port())) {
                    client.send(Frames.of(MapLoad.READ));
                    assertTrue(client.receive(ErrorResponse.class).text().startsWith("The map's database"));
                }
                both.startDatabase();
                long begun = System.nanoTime();
                try (MapLoad load = new MapLoad(both, 4, 4, MOST_WAIT_MILLIS)) {
                    load.awaitAnswersOfAll();
                    long served = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                    Gate.await(() -> both.server().health() == 200);
                    long ready = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                    load.end();
                    Scorecard.row(
                            22,
                            "database down at the start: deploys, is not ready, serves at most 5 s after the database comes",
                            "deployed and not ready without a database; reads and saves served %,d ms after it was there, ready"
                                    + " after %,d ms; canary p99 %d ms",
                            served,
                            ready,
                            canary.p99Millis());
                    assertTrue(served <= Scorecard.size(3, 1) * MOST_START_MILLIS, "until it serves");
                    assertTrue(ready <= Scorecard.size(3, 1) * MOST_START_MILLIS, "until it is ready");
                    assertEquals(new MapLoad.Outcome(0, 0), load.outcome());
                }
            }
        }
    }

    /** Under four times as many clients as the pool has connections. */
    @Test
    void survivesAStalledDatabase() throws Exception {
        try (ServerOnDatabase both = ServerOnDatabase.start("stalled-database");
                MapLoad load = new MapLoad(both, READERS, SAVERS, 2 * MOST_WAIT_MILLIS);
                Canary canary = new Canary(both.port());
                Canary worked =
                        new Canary(both.port(), number -> new SleepRequest(1), number -> new SleepResponse(1))) {
            load.awaitAnswersOfAll();
            // The second: for a moment by a session that the gate has given up and the database has not.
            load.expect("the map's database cannot be reached now", "others are saving the same features now");
            both.proxy().silent(true);
            TimeUnit.SECONDS.sleep(STALL_SECONDS);
            long refused = load.refusedReads() + load.refusedSaves();
            both.proxy().silent(false);
            long begun = System.nanoTime();
            load.awaitAnswersOfAll();
            long recovery = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            load.end();
            MapLoad.Outcome outcome = load.outcome();
            long canaryP99 = canary.p99Millis();
            Scorecard.row(
                    24,
                    "the database stalls, the pool is exhausted: a bounded wait, then an error; what needs no database goes on",
                    "%d s without a byte from the database under %d clients: %,d refused, the longest wait %,d ms; all served"
                            + " again %,d ms after its end; %,d saves acknowledged, %d lost, %d told as failed but stored; a"
                            + " client of a worker that waits, but not for the database: 0 errors, p99 %d ms, once %,d ms;"
                            + " canary p99 %d ms",
                    STALL_SECONDS,
                    READERS + SAVERS,
                    refused,
                    load.longestMillis(),
                    recovery,
                    load.acknowledged(),
                    outcome.lost(),
                    outcome.forged(),
                    worked.p99Millis(),
                    worked.longestMillis(),
                    canaryP99);
            assertTrue(refused > READERS + SAVERS, () -> refused + " were refused");
            assertTrue(load.longestMillis() <= MOST_WAIT_MILLIS, "the longest wait");
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, "until all is well again");
            assertTrue(worked.longestMillis() <= MOST_OTHER_MILLIS, "the longest wait without a database");
            assertEquals(0, outcome.lost(), "acknowledged and not stored once");
            assertEquals(0, outcome.forged(), "told as failed and stored");
        }
    }

    @Test
    void logsFailedRequestsOfTheAdministratorOnceASecond() throws Exception {
        Path directory = ServerOnDatabase.directory("database-faults");
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            both.startServer(
                    Path.of("target", "framegate.war"), "-Dframegate.admin.password=" + Deployed.ADMIN_PASSWORD);
            Gate.await(() -> both.server().health() == 200);
            int before = Files.readString(both.serverLog()).length();
            // Once, since to check a password takes most of a second.
            HttpClient admin = loggedIn(both);
            assertEquals(200, dataSets(both, admin).statusCode());
            both.execute("alter table map.data_set rename column source to gone");
            long begun = System.nanoTime();
            int failed = 0;
            while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(FAULT_SECONDS)) {
                requireFault(dataSets(both, admin));
                failed++;
            }
            // The last that were kept back are told by the next line.
            TimeUnit.MILLISECONDS.sleep(1100);
            requireFault(dataSets(both, admin));
            failed++;
            List<Integer> others = FAULT.matcher(
                            Files.readString(both.serverLog()).substring(before))
                    .results()
                    .map(line -> line.group(1) == null ? 0 : Integer.parseInt(line.group(1)))
                    .toList();
            int told =
                    others.size() + others.stream().mapToInt(Integer::intValue).sum();
            Scorecard.row(
                    Scorecard.RULE,
                    "requests of the administrator that fail in the database: one line a second, which tells of the others",
                    "%,d requests in %d s; %d lines, which tell of %,d",
                    failed,
                    FAULT_SECONDS,
                    others.size(),
                    told);
            assertEquals(failed, told);
            assertTrue(failed > 10 * FAULT_SECONDS, failed + " requests");
            assertTrue(others.size() <= FAULT_SECONDS + 2, () -> others.size() + " lines");

            both.stopDatabase();
            HttpResponse<String> away = dataSets(both, admin);
            assertEquals(503, away.statusCode());
            assertEquals("The database cannot be reached now; try again later.", away.body());
        }
    }

    private static void requireFault(HttpResponse<String> answer) {
        assertEquals(500, answer.statusCode());
        assertEquals("The server made a mistake on this request; its log says more.", answer.body());
    }

    private static HttpClient loggedIn(ServerOnDatabase both) throws Exception {
        HttpClient admin =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        HttpRequest login = HttpRequest.newBuilder(both.server().http("framegate/admin/session"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("user=admin&password=" + Deployed.ADMIN_PASSWORD))
                .build();
        assertEquals(
                204, admin.send(login, HttpResponse.BodyHandlers.discarding()).statusCode());
        return admin;
    }

    private static HttpResponse<String> dataSets(ServerOnDatabase both, HttpClient admin) throws Exception {
        return admin.send(
                HttpRequest.newBuilder(both.server().http("framegate/admin/map/data-sets"))
                        .timeout(Duration.ofMillis(MOST_WAIT_MILLIS))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
