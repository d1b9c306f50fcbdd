package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Gate;
import io.framegate.testkit.Standby;
import io.framegate.testkit.abuse.Scorecard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A database that is killed ({@code kill -9}) while another one is there to take over, by a URL that names all of them: first one that
 * has every commit, as it is waited for, then one that has not.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverIT {

    private static final int READERS = 8;
    private static final int SAVERS = 4;
    private static final int LEAST_SAVES = 50;
    private static final long PATIENCE_MILLIS = 60_000;
    private static final long MOST_RECOVERY_MILLIS = 30_000;

    private static ServerOnDatabase both;
    private static Standby near;
    private static Standby far;

    @BeforeAll
    static void start() throws Exception {
        Path directory = ServerOnDatabase.directory("failover");
        both = ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"));
        near = both.standby("near", both.databaseAddress());
        far = both.standby("far", near.address());
        both.execute("alter system set synchronous_standby_names = 'near'");
        both.execute("select pg_reload_conf()");
        Gate.await(
                "commits do not wait for the standby",
                60,
                () -> Standby.is(
                        both.databaseAddress(),
                        "exists (select from pg_stat_replication where application_name = 'near' and sync_state = 'sync')"));
        String hosts = Stream.of(both.databaseAddress(), near.address(), far.address())
                .map(address -> "127.0.0.1:" + Standby.port(address))
                .collect(Collectors.joining(","));
        both.startServer(
                both.war(),
                "-Dframegate.database.url=jdbc:postgresql://" + hosts + "/framegate?targetServerType=primary");
        Gate.await("it is not ready", 60, () -> both.server().health() == 200);
    }

    @AfterAll
    static void stop() throws IOException {
        // The first of them is the last that was the database.
        if (both != null) {
            both.close();
        }
        if (near != null) {
            near.close();
        }
        if (far != null) {
            far.close();
        }
    }

    @Test
    @Order(1)
    void losesNothingByAStandbyThatCommitsWaitFor() throws Exception {
        try (MapLoad load = new MapLoad(both, READERS, SAVERS, PATIENCE_MILLIS)) {
            Gate.await("too few saves", 60, () -> load.acknowledged() >= LEAST_SAVES);
            int before = load.acknowledged();
            long begun = System.nanoTime();
            both.failOver(near);
            long promoted = System.nanoTime();
            load.awaitAnswersOfAll();
            long recovery = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Gate.await("it is not ready again", 60, () -> both.server().health() == 200);
            load.awaitAnswersOfAll();
            load.end();
            assertEquals(new MapLoad.Outcome(0, 0), load.outcome());
            assertEquals(Map.of("epoch", 0), both.counts("select 'epoch', number::integer from map.epoch"));
            Scorecard.row(
                    47,
                    "the primary killed (kill -9), with all hosts in the URL and a standby that commits wait for: nothing lost, saves"
                            + " go on within seconds",
                    "%d readers and %d editors: another one is primary %,d ms after, all served %,d ms after, the longest wait %,d"
                            + " ms; %,d saves acknowledged before and %,d in all, none lost, none told as failed but stored, nobody"
                            + " told to begin anew",
                    READERS,
                    SAVERS,
                    TimeUnit.NANOSECONDS.toMillis(promoted - begun),
                    recovery,
                    load.longestMillis(),
                    before,
                    load.acknowledged());
            assertTrue(recovery <= MOST_RECOVERY_MILLIS, () -> "all served after " + recovery + " ms");
        }
    }

    @Test
    @Order(2)
    void givesNothingOfWhatAStandbyHasNotGot() throws Exception {
        far.cutOff();
        long toldMillis = LostPast.requireFoundOut(both, () -> both.failOver(far));
        Scorecard.row(
                52,
                "a standby takes over that had not all commits: nothing of the lost past, versions of before are invalid, watchers"
                        + " and followers are told to begin anew",
                "a primary killed under a server with kept answers: 0 answers of the lost past; a watcher told within %,d ms after"
                        + " the other one took changes; a lost number known for lost; no number given twice",
                toldMillis);
    }
}
