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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A database that is not there when the server starts, and one that stalls: its connections stay open and carry no byte. */
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

    @Test
    void deploysWithoutADatabaseAndServesSoonAfterItComes() throws Exception {
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
    void refusesInTimeWhatNeedsADatabaseThatStallsAndGoesOnWithTheRest() throws Exception {
        try (ServerOnDatabase both = ServerOnDatabase.start("stalled-database");
                MapLoad load = new MapLoad(both, READERS, SAVERS, 2 * MOST_WAIT_MILLIS);
                Canary canary = new Canary(both.port());
                Canary worked =
                        new Canary(both.port(), number -> new SleepRequest(1), number -> new SleepResponse(1))) {
            load.awaitAnswersOfAll();
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
}
