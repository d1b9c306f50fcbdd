package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.testkit.Gate;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.testkit.redeploy.RedeployProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** The application is undeployed while its map is not ready: its start ends while there are classes, and the next one is whole. */
class MapShutdownIT {

    private static final int STOPS = Scorecard.size(2, 10);
    private static final int EARLY_STOPS = Scorecard.size(4, 40);

    /** The stops are spread until then; the start of a map lasts longer where it is loaded first. */
    private static final int LATEST_MILLIS = 800;

    /** Without the tests' guests, for which the container wants a database. */
    private static final Path WAR = Path.of("target", "framegate.war");

    private static final String WAITS = "The database cannot be reached; the map waits for it.";
    private static final String INTERRUPTED = "The map's start was interrupted; nothing is half done.";
    private static final String READY = " is ready. ";
    private static final String FAILED = "The map cannot be made ready";
    private static final String CLASS_MISSED = "NoClassDefFoundError";

    @Test
    void endsAWaitingStartBeforeClassesGo() throws Exception {
        Path directory = ServerOnDatabase.directory("map-ends");
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            both.stopDatabase();
            long longest = 0;
            try (RedeployProcess payara = payara(directory, both)) {
                for (int i = 0; i < STOPS; i++) {
                    int before = log(payara).length();
                    payara.deploy(WAR);
                    Gate.await(() -> log(payara).indexOf(WAITS, before) > 0);
                    longest = Math.max(longest, undeploy(payara));
                    Gate.await(() -> log(payara).indexOf(INTERRUPTED, before) > 0);
                    refute(CLASS_MISSED, payara, before);
                    refute(FAILED, payara, before);
                }
            }
            Scorecard.row(
                    29,
                    "stopped while the map waits for its database: its start ends before the classes go",
                    "%d stops, %,d ms each at most; no class missed",
                    STOPS,
                    longest);
        }
    }

    @Test
    void endsAStartAtAnyMoment() throws Exception {
        Path directory = ServerOnDatabase.directory("map-ends-early");
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            long longest = 0;
            int interrupted = 0;
            // A map that has to be loaded first, so that its start lasts beyond the deployment.
            try (RedeployProcess payara = payara(
                    directory,
                    both,
                    "-Dframegate.map.data-set=loaded",
                    "-Dframegate.map.initial-load=" + System.getProperty("framegate.it.map"))) {
                for (int i = 0; i < EARLY_STOPS; i++) {
                    int before = log(payara).length();
                    payara.deploy(WAR);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos((long) LATEST_MILLIS * i / EARLY_STOPS));
                    longest = Math.max(longest, undeploy(payara));
                    Gate.await(() -> log(payara).indexOf(INTERRUPTED, before) > 0
                            || log(payara).indexOf(READY, before) > 0);
                    if (log(payara).indexOf(INTERRUPTED, before) > 0) {
                        interrupted++;
                    }
                    refute(CLASS_MISSED, payara, before);
                    // An error of the gate's, of the map's, or of the server's, such as a data source that it does not
                    // find.
                    refute("[SEVERE]", payara, before);
                }
                int before = log(payara).length();
                payara.deploy(WAR);
                Gate.await(() -> log(payara).indexOf(READY, before) > 0);
            }
            assertTrue(interrupted > 0, "no stop came before the start was over");
            Scorecard.row(
                    29,
                    "stopped at any moment of the map's start: it ends before the classes go, and the next deployment is whole",
                    "%d stops 0 to %d ms after the deployment, %d of them before the map was ready, %,d ms each at most; no class"
                            + " missed, no error, the map is ready after the next deployment",
                    EARLY_STOPS,
                    LATEST_MILLIS,
                    interrupted,
                    longest);
        }
    }

    private static RedeployProcess payara(Path directory, ServerOnDatabase both, String... more) throws IOException {
        List<String> options = new ArrayList<>(both.settings());
        options.addAll(List.of(more));
        options.add("-Dframegate.listener.port=" + ServerProcess.freePort());
        return new RedeployProcess(directory, ServerProcess.freePort(), options);
    }

    /** Gives the milliseconds that it takes. */
    private static long undeploy(RedeployProcess payara) throws IOException {
        long begun = System.nanoTime();
        payara.order("undeploy");
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static void refute(String said, RedeployProcess payara, int before) {
        assertTrue(log(payara).indexOf(said, before) < 0, () -> said + ": see " + payara.log());
    }

    private static String log(RedeployProcess payara) {
        try {
            return Files.readString(payara.log(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
