package io.framegate.map.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.MapSettings;
import io.framegate.map.MapSettingsFixture;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.MapLoader;
import io.framegate.map.start.MapStatus.State;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

class MapStartupTest {

    private static final String MONACO = "target/map-data/monaco/monaco-210801.osm.pbf";
    private static final int LIMIT_SECONDS = 30;

    private final SwitchedDatabase database = new SwitchedDatabase();
    private Thread thread = new Thread();

    @TempDir
    private Path directory;

    @Test
    void waitsForTheDatabaseThenMigratesAndLoads() throws Exception {
        MapStartup startup = start(MONACO);
        assertTrue(database.refused.await(LIMIT_SECONDS, TimeUnit.SECONDS));
        assertEquals(State.WAITING_FOR_DATABASE, startup.status().state());

        database.up = true;
        assertEnds();
        assertEquals(State.READY, startup.status().state());
        assertTrue(startup.status().links() > 1000 && startup.status().polylines() > 0);
        assertTrue(startup.status().passInfos() > 0);
        assertTrue(startup.status().polygons3D() > 100 && startup.status().heights3D() > 10);
    }

    @Test
    void isReadyAtOnceWithADataSet() throws Exception {
        database.up = true;
        start(MONACO);
        assertEnds();
        // A file that is not there now: nobody opens it.
        MapStartup again = start("missing.osm.pbf");
        assertEnds();
        assertEquals(State.READY, again.status().state());
    }

    @Test
    void isReadyWithoutDataWhenNoneIsWanted() throws Exception {
        database.up = true;
        MapStartup startup = start("");
        assertEnds();
        assertEquals(State.READY, startup.status().state());
        assertEquals(0, startup.status().links());
    }

    @Test
    void tellsWhyALoadHasFailed() throws Exception {
        database.up = true;
        MapStartup startup =
                start(Files.writeString(directory.resolve("no.pbf"), "no map").toString());
        assertEnds();
        assertEquals(State.FAILED, startup.status().state());
        assertEquals(
                "The map file no.pbf cannot be loaded: at byte 0 there is no block of an OpenStreetMap PBF.",
                startup.status().words());
    }

    @Test
    void isReadyWithWhatALaterLoadHasBrought() throws Exception {
        database.up = true;
        MapStartup startup =
                start(Files.writeString(directory.resolve("no.pbf"), "no map").toString());
        assertEnds();
        MapLoader loader = new MapLoader(database, LoadProgress.silent());
        loader.load(Path.of(MONACO), "another");
        startup.loaded("another");
        assertEquals(State.FAILED, startup.status().state());
        LoadReport report = loader.load(Path.of(MONACO), "monaco");
        startup.loaded("monaco");
        assertEquals(State.READY, startup.status().state());
        assertEquals(report.links(), startup.status().links());
        assertEquals(report.heights3D(), startup.status().heights3D());
    }

    @Test
    void stopsWhileItWaits() throws Exception {
        MapStartup startup = start(MONACO);
        assertTrue(database.refused.await(LIMIT_SECONDS, TimeUnit.SECONDS));
        startup.stop();
        assertFalse(thread.isAlive());
        assertEquals(State.WAITING_FOR_DATABASE, startup.status().state());
    }

    @Test
    void stopsWhereThePoolSwallowsTheInterrupt() throws Exception {
        database.swallows = true;
        MapStartup startup = start(MONACO);
        assertTrue(database.refused.await(LIMIT_SECONDS, TimeUnit.SECONDS));
        startup.stop();
        assertFalse(thread.isAlive());
    }

    @Test
    void reportsAWrongSettingBeforeConnecting() throws Exception {
        MapStartup startup = start(MapSettingsFixture.unchecked("much"));
        assertEnds();
        assertEquals(State.FAILED, startup.status().state());
        assertTrue(startup.status().words().startsWith("framegate.map.kept-blocks must be a size"));
        assertEquals(2, database.refused.getCount());
    }

    private MapStartup start(String file) {
        return start(MapSettingsFixture.of("monaco", Optional.of(file)));
    }

    private MapStartup start(MapSettings settings) {
        MapStartup startup =
                new MapStartup(settings, MapPersistenceFixture.database(database), MapPersistenceFixture.of(database));
        startup.start(task -> {
            thread = new Thread(task);
            return thread;
        });
        return startup;
    }

    private void assertEnds() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(LIMIT_SECONDS));
        assertFalse(thread.isAlive());
    }

    /** A database that is down until it is switched on. */
    private static final class SwitchedDatabase extends PGSimpleDataSource {

        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch refused = new CountDownLatch(2);
        private volatile boolean up;
        private volatile boolean swallows; // and waits until it is interrupted, from the second time on

        SwitchedDatabase() {
            setURL(TestDatabase.create().url());
            setUser(TestDatabase.USER);
        }

        @Override
        public Connection getConnection() throws SQLException {
            if (!up) {
                refused.countDown();
                if (swallows && refused.getCount() == 0) {
                    waitInVain();
                }
                throw new SQLException("down", "08001");
            }
            return super.getConnection();
        }

        private static void waitInVain() {
            try {
                new CountDownLatch(1).await(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                // As a pool does that knows no other exception than those of SQL.
            }
        }
    }
}
