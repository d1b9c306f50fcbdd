package io.framegate.map.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.framegate.map.load.BlockCompaction;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MapUpkeepTest {

    private final TestDatabase database = TestDatabase.create();

    @Test
    void runsOnceTheMapIsReady() throws Exception {
        MapSchema.migrate(database.dataSource());
        new MapLoader(database.dataSource(), LoadProgress.silent())
                .load(Path.of("target/map-data/monaco/monaco-210801.osm.pbf"), "monaco");
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update map.polygon set version = version + 1 where hashint8(id) % 5 = 0");
        }
        AtomicBoolean ready = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        BlockCompaction faulty = new BlockCompaction(database.dataSource()) {
            @Override
            public Done step() throws SQLException {
                if (looks.incrementAndGet() == 1) {
                    throw new SQLException("the database is away");
                }
                return super.step();
            }
        };
        AtomicReference<Thread> thread = new AtomicReference<>();
        MapUpkeep upkeep = new MapUpkeep();
        upkeep.start(
                work -> {
                    thread.set(new Thread(work));
                    return thread.get();
                },
                faulty,
                ready::get,
                Duration.ofMillis(10));
        long holes = holes();
        Thread.sleep(100);
        assertEquals(0, looks.get(), "it does not look while the map is not ready");
        assertEquals(holes, holes());

        ready.set(true);
        Gate.await("the holes were not mended", 20, () -> holes() == 0);
        upkeep.stop();
        assertFalse(thread.get().isAlive());
    }

    private long holes() {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from map.hole")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
