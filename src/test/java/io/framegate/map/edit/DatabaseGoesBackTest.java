package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.launch.EmbeddedDatabase;
import io.framegate.map.MapSettingsFixture;
import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.MapChanged;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.WatchChanges;
import io.framegate.map.message.Watching;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.work.ChangeWatch;
import io.framegate.map.work.WatchChangesWorker;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Refusal;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.Standby;
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
import java.util.concurrent.atomic.AtomicReference;
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

    private static final Area AREA = EditedMap.around(0);
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
        private final HousesByArea byArea =
                new HousesByArea(MapPersistenceFixture.queries(source, history), MapPersistenceFixture.versions(feed)) {
                    @Override
                    public Polygons process(LoadPolygonsByArea request) {
                        beforeReading.getAndSet(() -> {}).run();
                        return super.process(request);
                    }
                };
        private final Gate gate = gate(feed, byArea);
        private final RawClient reader;

        /** What happens once between the look for a version and the reading. */
        final AtomicReference<Runnable> beforeReading = new AtomicReference<>(() -> {});

        Server() throws Exception {
            reader = gate.connect();
        }

        long save(String name) {
            SaveResult result = saves.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, name)), EditedMap.NAME);
            assertEquals(Outcome.SAVED, result.outcome(), result::toString);
            return result.changeNumber();
        }

        SaveResult change(long id, int version, String name) {
            return saves.save(EditedMap.polygons(EditedMap.square(id, version, 0, 0, name)), EditedMap.NAME);
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
    void dropsALostPastForEverybody() throws Exception {
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
    void newServersRecognizeLostNumbers() throws Exception {
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

    /** Who has read a house in the lost past can't save it by chance, since it was changed as often in the present. */
    @Test
    void savesOfALostPastAreConflicts() throws Exception {
        try (Server one = new Server();
                Server other = new Server()) {
            one.save("first");
            long id = number("select id from map.polygon");
            database.close();
            Path copy = copy();
            start();
            assertEquals(2, one.change(id, 1, "lost").saved().get(0).version());
            goBackTo(copy);
            // Each of them has not looked since, or never.
            SaveResult present = one.change(id, 1, "present");
            int version = present.saved().get(0).version();
            assertTrue(version > 2, () -> "version " + version);
            for (Server server : List.of(one, other)) {
                assertEquals(
                        Outcome.CONFLICT,
                        server.change(id, 2, "of the lost past").outcome());
            }
            assertEquals(
                    version + 1,
                    other.change(id, version, "next").saved().get(0).version());
            one.reader.send(Frames.of(new LoadPolygonsByArea(AREA)));
            Polygon house =
                    one.reader.receive(Polygons.class).polygons().toList().get(0);
            assertEquals("next", house.name());
            assertEquals(version + 1, house.version(), "also in its record");
            assertEquals(1, number("select count(*) from map.epoch where number > 0"));
        }
    }

    /** One that another server has saved, after this one has looked for the version and before it has read. */
    @Test
    void dropsCachedAnswersWithLostChanges() throws Exception {
        try (Server one = new Server();
                Server other = new Server()) {
            one.save("first");
            database.close();
            Path copy = copy();
            start();
            one.beforeReading.set(() -> other.save("lost"));
            assertEquals(List.of("first", "lost"), one.houses());
            goBackTo(copy);
            assertEquals(List.of("first"), one.houses());
            other.save("second");
            assertEquals(List.of("first", "second"), one.houses());
        }
    }

    /** A standby is behind when its server is killed: it is read from by nobody who knows more, and then takes over. */
    @Test
    void recognizesALaggingStandbyThatTakesOver() throws Exception {
        try (Server one = new Server();
                RawClient watcher = greeted(one.gate);
                Standby standby = standby()) {
            long first = one.save("first");
            Changes before = one.since(LoadChangesSince.FROM_NOW_ON);
            Gate.await("it streams nothing", 30, () -> standby.is("exists (select from map.change)"));
            standby.cutOff();
            watcher.send(Frames.of(new WatchChanges("", List.of(AREA))));
            watcher.receive(Watching.class);
            long lost = one.save("lost");
            assertEquals(new MapChanged(EditedMap.NAME, before.load(), lost), watcher.receive(MapChanged.class));
            assertEquals(List.of("first", "lost"), one.houses());

            Standby.kill(database);
            take(standby.database());
            // It may get the rest yet, or take over without it.
            one.reader.send(Frames.of(new LoadPolygonsByArea(AREA)));
            String sentence = one.reader.receive(ErrorResponse.class).text();
            assertTrue(sentence.endsWith("cannot serve it now; try again later."), sentence);
            assertThrows(Refusal.class, () -> one.since(first));
            assertThrows(Refusal.class, () -> one.save("refused"));
            try (Server later = new Server()) {
                assertEquals(List.of("first"), later.houses());
            }

            standby.promote();
            assertEquals(List.of("first"), one.houses());
            MapChanged told = watcher.receive(MapChanged.class);
            assertNotEquals(before.load(), told.load());
            assertEquals(first, told.number());
            assertEquals(new Changes(Changes.NO_LOAD, first, true, List.of()), one.since(lost));
            long second = one.save("second");
            assertTrue(second > lost, () -> second + " after " + lost);
            assertEquals(new MapChanged(EditedMap.NAME, told.load(), second), watcher.receive(MapChanged.class));
            assertEquals(List.of("first", "second"), one.houses());
        }
    }

    /** Nothing is lost, so nobody has to begin anew; numbers go on, though another run of PostgreSQL gives them. */
    @Test
    void aCompleteStandbyIsNoLoss() throws Exception {
        try (Server one = new Server();
                RawClient watcher = greeted(one.gate);
                Standby standby = standby()) {
            long first = one.save("first");
            Changes before = one.since(LoadChangesSince.FROM_NOW_ON);
            watcher.send(Frames.of(new WatchChanges("", List.of(AREA))));
            watcher.receive(Watching.class);
            assertEquals(List.of("first"), one.houses());
            Gate.await("it streams nothing", 30, () -> standby.is("exists (select from map.change)"));
            Standby.kill(database);
            take(standby.database());
            assertEquals(List.of("first"), one.houses(), "it is read from before it takes over");
            standby.promote();
            assertEquals(before, one.since(first));
            long second = one.save("second");
            assertEquals(new MapChanged(EditedMap.NAME, before.load(), second), watcher.receive(MapChanged.class));
            assertEquals(List.of("first", "second"), one.houses());
            assertEquals(0, number("select number from map.epoch"));
        }
    }

    private Standby standby() throws Exception {
        return Standby.of(
                data,
                database.address(),
                database.address(),
                data.resolveSibling(data.getFileName() + "-standby"),
                "standby");
    }

    @Test
    void aRestartIsNoLoss() throws Exception {
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
        take(EmbeddedDatabase.start(data, data.resolveSibling("postgresql.log")));
    }

    private void take(EmbeddedDatabase other) {
        database = other;
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

    private Gate gate(ChangeFeed feed, HousesByArea houses) throws Exception {
        ChangeWatch watch = new ChangeWatch(feed, timer);
        return Gate.builder()
                .worker(LoadPolygonsByArea.class, Polygons.class, houses)
                .worker(
                        WatchChanges.class,
                        Watching.class,
                        new WatchChangesWorker(MapSettingsFixture.of(EditedMap.NAME, Optional.empty()), watch))
                .start();
    }

    private static RawClient greeted(Gate gate) throws Exception {
        RawClient client = gate.connect();
        client.send(Frames.of(new HelloRequest(1, "test", new int[] {Capability.NOTICES.code()})));
        client.receive(HelloResponse.class);
        return client;
    }
}
