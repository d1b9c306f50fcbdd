package io.framegate.it;

import io.framegate.testkit.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Finds what {@code arquillian.xml} needs before it is read: a database, a free port, the map file. Only for the run of
 * the integration tests, which says so by a system property.
 */
public final class TestEnvironment implements LauncherSessionListener {

    private static @Nullable TestDatabase database; // written before the first test, read by the tests' thread

    /** The database that the next deployment uses, with nothing in it: tests do not see each other's edits. */
    static void clearDatabase() {
        Objects.requireNonNull(database, "the integration tests' database").clear();
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        if (Boolean.getBoolean("framegate.it")) {
            database = TestDatabase.create();
            System.setProperty("framegate.it.database.url", database.url());
            System.setProperty("framegate.it.database.user", TestDatabase.USER);
            System.setProperty("framegate.it.admin.password", Deployed.ADMIN_PASSWORD);
            System.setProperty("framegate.it.http.port", String.valueOf(freePort()));
            System.setProperty(
                    "framegate.it.map",
                    Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf")
                            .toAbsolutePath()
                            .toString());
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
