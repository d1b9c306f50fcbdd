package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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
import org.junit.jupiter.api.Test;

/** The application is undeployed while its map is not ready, since there is no database: its start ends while there are classes. */
class MapEndIT {

    private static final int STOPS = Scorecard.size(2, 10);
    private static final String WAITS = "The database cannot be reached; the map waits for it.";
    private static final String INTERRUPTED = "The map's start was interrupted; nothing is half done.";
    private static final String FAILED = "The map cannot be made ready";

    @Test
    void endsTheStartOfTheMapWhileThereAreClasses() throws Exception {
        Path directory = ServerOnDatabase.directory("map-ends");
        try (ServerOnDatabase both =
                ServerOnDatabase.withDatabase(directory, Files.createTempDirectory(directory, "data-"))) {
            both.stopDatabase();
            List<String> options = new ArrayList<>(both.settings());
            options.add("-Dframegate.listener.port=" + ServerProcess.freePort());
            long longest = 0;
            try (RedeployProcess payara = new RedeployProcess(directory, ServerProcess.freePort(), options)) {
                for (int i = 0; i < STOPS; i++) {
                    int before = log(payara).length();
                    // Without the tests' guests, for which the container wants a database.
                    assertEquals("true", payara.order("deploy " + Path.of("target", "framegate.war")));
                    Gate.await(() -> log(payara).indexOf(WAITS, before) > 0);
                    long begun = System.nanoTime();
                    payara.order("undeploy");
                    longest = Math.max(longest, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
                    Gate.await(() -> log(payara).indexOf(INTERRUPTED, before) > 0);
                    String said = log(payara).substring(before);
                    assertFalse(said.contains("NoClassDefFoundError"), () -> "a class was missed; see " + payara.log());
                    assertFalse(said.contains(FAILED), () -> "it failed; see " + payara.log());
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

    private static String log(RedeployProcess payara) {
        try {
            return Files.readString(payara.log(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
