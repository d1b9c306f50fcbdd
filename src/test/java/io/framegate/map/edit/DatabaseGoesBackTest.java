package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.launch.EmbeddedDatabase;
import io.framegate.map.MapSettingsFixture;
import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.map.store.AreaVersions;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.FeatureQueries;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.work.ChangeWatch;
import io.framegate.map.work.WatchChangesWorker;
import io.framegate.message.RecordList;
import io.framegate.message.VersionedWorker;
import io.framegate.session.Feature;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL whose files are copied, and put back when it has got on, under servers that go on: two that were there before
 * and one that comes later.
 */
@Timeout(120)
class DatabaseGoesBackTest {

    private static final Area AREA = around();
    private static final Path DIRECTORY =
            Path.of("target", "database-goes-back").toAbsolutePath();

    /** Files of a database with an empty data set; to make them takes longer than to copy them. */
    private static Path made;

    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Path data;
    private EmbeddedDatabase database;

    /** What a process has: it is there for as long as that. */
    private final class Server implements AutoCloseable {

        private final MapPersistence persistence = MapPersistenceFixture.of(source);
        private final KnownHistory history = new KnownHistory();
        private final ChangeFeed feed = MapPersistenceFixture.feed(source, history);
        private final FeatureSaves saves = new FeatureSaves(new LocalTransactions(persistence), history);
        private final FeatureChanges changes = new FeatureChanges(persistence, feed);
        private final Gate gate = gate(feed);
        private final RawClient reader;

        Server() throws Exception {
            reader = gate.connect();
        }

        long save(String name) {
            SaveResult result = saves.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, name)), EditedMap.NAME);
            assertEquals(Outcome.SAVED, result.outcome(), result::toString);
            return result.changeNumber();
        }

        Changes since(long number) {
            return changes.since(new LoadChangesSince("", number, 0, List.of()), EditedMap.NAME);
        }

        List<String> houses() throws Exception {
            reader.send(Frames.of(new LoadPolygonsByArea(AREA)));
            return reader.receive(Polygons.class).polygons().toList().stream()
                    .map(Polygon::name)
                    .sorted()
                    .toList();
        }

        @Override
        public void close() throws Exception {
            reader.close();
            gate.close();
            MapPersistenceFixture.close(persistence);
        }
    }

    @BeforeEach
    void begin() throws Exception {
        if (made == null) {
            Files.createDirectories(DIRECTORY);
            data = Files.createTempDirectory(DIRECTORY, "made-");
            start();
            MapSchema.migrate(source);
            load(EditedMap.NAME);
            database.close();
            database = null;
            made = data;
        }
        data = Files.createTempDirectory(DIRECTORY, "data-");
        goBackTo(made);
    }

    @AfterEach
    void end() {
        timer.shutdownNow();
        database.close();
    }

    @Test
    void givesNothingOfTheLostPastAndHasEverybodyBeginAnew() throws Exception {
        try (Server one = new Server();
                Server other = new Server();
                RawClient watcher = greeted(one.gate)) {
            long first = one.save("first");
            database.close();
            Path copy = copy();
            start();
            Changes before = one.since(LoadChangesSince.FROM_NOW_ON);
            assertEquals(first, before.next());
            assertEquals(before, other.since(LoadChangesSince.FROM_NOW_ON));
            watcher.send(Frames.of(new WatchChanges("", List.of(AREA))));
            assertEquals(new Watching(before.load(), first), watcher.receive(Watching.class));

            // In the run after the copy was made: one that only one of the servers has seen.
            long lost = one.save("lost");
            assertEquals(new MapChanged(EditedMap.NAME, before.load(), lost), watcher.receive(MapChanged.class));
            assertEquals(List.of("first", "lost"), one.houses());
            assertEquals(List.of("first", "lost"), other.houses());
            assertEquals(lost, one.since(first).next());
            long lostUnseen = one.save("lost too");
            goBackTo(copy);

            assertEquals(List.of("first"), other.houses());
            MapChanged told = watcher.receive(MapChanged.class);
            if (told.number() == lostUnseen) {
                // The watch may have looked once more before the database was gone.
                told = watcher.receive(MapChanged.class);
            }
            assertNotEquals(before.load(), told.load());
            assertEquals(first, told.number());
            assertEquals(List.of("first"), one.houses());
            for (Server server : List.of(one, other)) {
                assertEquals(
                        told.load(), server.since(first).load(), "what it knew from before the copy may be lost too");
                for (long number : List.of(lost, lostUnseen)) {
                    assertEquals(new Changes(Changes.NO_LOAD, first, true, List.of()), server.since(number));
                }
            }
            // By one that has not found out yet; the number is none of the lost ones.
            long second = other.save("second");
            assertTrue(second > lostUnseen, () -> second + " after " + lostUnseen);
            assertEquals(new MapChanged(EditedMap.NAME, told.load(), second), watcher.receive(MapChanged.class));
            assertEquals(List.of("first", "second"), one.houses());
            assertEquals(List.of("first", "second"), other.houses());
            Changes since = one.since(first);
            assertEquals(told.load(), since.load());
            assertEquals(
                    List.of(second),
                    since.changes().stream().map(Changes.Change::number).toList());
            // Both have found out, and once is enough for both.
            assertEquals(since.load(), other.since(first).load());
            assertEquals(1, number("select count(*) from map.epoch where number > 0"));
        }
    }

    @Test
    void tellsALostNumberFromANewOneToServersThatWereNotThere() throws Exception {
        long first;
        long lost;
        Path copy;
        int load;
        try (Server before = new Server()) {
            first = before.save("first");
            database.close();
            copy = copy();
            start();
            lost = before.save("lost");
            load = before.since(LoadChangesSince.FROM_NOW_ON).load();
            before.saves.save(EditedMap.polygons(EditedMap.square(0, 0, 9, 9, "elsewhere")), EditedMap.NAME);
        }
        long lostFeature = number("select max(id) from map.polygon");
        load("lost");
        int lostDataSet = (int) number("select max(id) from map.data_set");
        goBackTo(copy);
        try (Server after = new Server()) {
            long second = after.save("second");
            assertTrue(second > lost, () -> second + " after " + lost);
            assertTrue(number("select max(id) from map.polygon") > lostFeature, "a feature's id came again");
            assertEquals(Changes.NO_LOAD, after.since(lost).load());
            Changes since = after.since(first);
            assertEquals(load, since.load(), "nothing that it knew is lost");
            assertEquals(1, since.changes().size());
            load("found");
            assertTrue(number("select max(id) from map.data_set") > lostDataSet, "a data set's id came again");
        }
    }

    @Test
    void takesADatabaseThatIsMerelyStartedAnewForTheSame() throws Exception {
        try (Server one = new Server();
                RawClient watcher = greeted(one.gate)) {
            long first = one.save("first");
            Changes before = one.since(LoadChangesSince.FROM_NOW_ON);
            watcher.send(Frames.of(new WatchChanges("", List.of(AREA))));
            watcher.receive(Watching.class);
            assertEquals(List.of("first"), one.houses());
            database.close();
            start();
            assertEquals(before, one.since(first));
            long hits = one.gate.keptAnswers().hits();
            assertEquals(List.of("first"), one.houses());
            assertEquals(hits + 1, one.gate.keptAnswers().hits(), "it is still good");
            long second = one.save("second");
            assertEquals(new MapChanged(EditedMap.NAME, before.load(), second), watcher.receive(MapChanged.class));
            assertEquals(before.load(), one.since(first).load());
            assertEquals(0, number("select number from map.epoch"));
        }
    }

    private void start() throws Exception {
        database = EmbeddedDatabase.start(data, data.resolveSibling("postgresql.log"));
        source.setUrl(database.address().url());
        source.setUser(database.address().user());
        source.setPassword(database.address().password());
    }

    private Path copy() throws Exception {
        Path copy = data.resolveSibling(data.getFileName() + "-copy");
        run("cp", "-a", data.toString(), copy.toString());
        return copy;
    }

    private void goBackTo(Path copy) throws Exception {
        if (database != null) {
            database.close();
        }
        run("rm", "-r", data.toString());
        run("cp", "-a", copy.toString(), data.toString());
        start();
    }

    private static void run(String... command) throws Exception {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), () -> String.join(" ", command));
    }

    private void load(String name) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select map.finish_load(map.begin_load(), '" + name + "', 'no file', 'nobody')");
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Gate gate(ChangeFeed feed) throws Exception {
        FeatureQueries queries = MapPersistenceFixture.queries(source);
        AreaVersions versions = MapPersistenceFixture.versions(feed);
        ChangeWatch watch = new ChangeWatch(feed, timer);
        return Gate.builder()
                .worker(LoadPolygonsByArea.class, Polygons.class, new VersionedWorker<>() {
                    @Override
                    public Object version(LoadPolygonsByArea request) {
                        return versions.of(EditedMap.NAME, request.area());
                    }

                    @Override
                    public Polygons process(LoadPolygonsByArea request) {
                        EncodedFeatures found = queries.inArea(FeatureKind.POLYGONS, EditedMap.NAME, request.area());
                        return new Polygons(RecordList.encoded(found.count(), found.bytes()));
                    }
                })
                .worker(
                        WatchChanges.class,
                        Watching.class,
                        new WatchChangesWorker(MapSettingsFixture.of(EditedMap.NAME, Optional.empty()), watch))
                .start();
    }

    private static RawClient greeted(Gate gate) throws Exception {
        RawClient client = gate.connect();
        client.send(Frames.of(new HelloRequest(1, "test", new int[] {Feature.NOTICES.code()})));
        client.receive(HelloResponse.class);
        return client;
    }

    private static Area around() {
        double west = Points.degrees(EditedMap.WEST - EditedMap.STEP);
        double south = Points.degrees(EditedMap.SOUTH - EditedMap.STEP);
        return new Area(Ellipsoid.WGS84, 0, west, south, west + 0.005, south + 0.02);
    }
}
