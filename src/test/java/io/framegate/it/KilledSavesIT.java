package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.guest.AddNoteRequest;
import io.framegate.launch.EmbeddedDatabase;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.MapSchema;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.DatabaseProxy;
import io.framegate.testkit.DatabaseProxy.Cut;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Saves under load while the database or the server is killed ({@code kill -9}), and while the connection between them is
 * cut at a commit. What is acknowledged is stored, what is told as failed is not, and what is sent again since nobody knows
 * is stored once.
 *
 * <p>{@code -Dframegate.test.kills=50} kills the database so often and {@code -Dframegate.test.server-kills=50} the server;
 * a few each without.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledSavesIT {

    private static final int DATABASE_KILLS = Integer.getInteger("framegate.test.kills", 3);
    private static final int SERVER_KILLS = Integer.getInteger("framegate.test.server-kills", 1);
    private static final int SAVE_RESULT = 501001;
    private static final int EDITORS = 16;
    private static final String DATA_SET = "killed";
    private static final long PATIENCE_SECONDS = 60;
    private static final int BETWEEN_KILLS = 50;
    private static final Path DIRECTORY = Path.of("target", "killed-saves").toAbsolutePath();

    private static Path dataDirectory;
    private static EmbeddedDatabase database;
    private static DatabaseProxy proxy;
    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        Path war = Files.createDirectories(DIRECTORY).resolve("framegate.war");
        Deployed.war()
                .addPackage(AddNoteRequest.class.getPackage())
                .as(ZipExporter.class)
                .exportTo(war.toFile(), true);
        dataDirectory = Files.createTempDirectory(DIRECTORY, "data-");
        database = EmbeddedDatabase.start(dataDirectory, DIRECTORY.resolve("postgresql.log"));
        proxy = new DatabaseProxy(databasePort());
        MapSchema.migrate(dataSource());
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select map.begin_load()");
            statement.execute("select map.finish_load((select last_value::integer from map.data_set_id), '" + DATA_SET
                    + "', 'no file', 'nobody')");
            connection.commit();
        }
        URI direct = URI.create(database.address().url().substring("jdbc:".length()));
        server = new ServerProcess(
                war,
                DIRECTORY.resolve("server.log"),
                "-Dframegate.database.url=jdbc:postgresql://127.0.0.1:" + proxy.port() + direct.getPath(),
                "-Dframegate.database.user=" + database.address().user(),
                "-Dframegate.map.data-set=" + DATA_SET);
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (database != null) {
            database.close();
        }
    }

    private static int databasePort() {
        return URI.create(database.address().url().substring("jdbc:".length())).getPort();
    }

    private static PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.address().url());
        source.setUser(database.address().user());
        return source;
    }

    private static Map<String, Integer> counts(String query) throws SQLException {
        Map<String, Integer> counts = new HashMap<>();
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getInt(2));
            }
        }
        return counts;
    }

    private static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static SaveFeatures house(String key) {
        Polygon house = new Polygon(
                0, 0, PolygonKind.BUILDING, (byte) 0, (byte) 14, key, List.of(new Polygon.Ring(false, new int[] {
                    95_000_000, 471_000_000, 1000, 0, 0, 1000, -1000, 0
                })));
        return new SaveFeatures(
                key, "tester", "", List.of(), List.of(), List.of(house), List.of(), List.of(), List.of());
    }

    @Test
    @Order(1)
    void tellsAnUnknownOutcomeWhereTheConnectionIsCutAtTheCommit() throws Exception {
        for (Cut cut : List.of(Cut.AFTER_COMMIT, Cut.BEFORE_COMMIT)) {
            SaveFeatures save = house(UUID.randomUUID().toString());
            int cuts = proxy.cuts();
            try (RawClient client = new RawClient(server.address())) {
                // Until the map is ready, and the connection that was cut before is gone from the pool.
                saveAtLast(client, house(UUID.randomUUID().toString()));
                proxy.cutNext(cut, "insert into map.save");
                String sentence = client.send(Frames.of(save))
                        .receive(ErrorResponse.class)
                        .text();
                assertTrue(sentence.startsWith("Outcome unknown"), cut + ": " + sentence);
                assertEquals(cuts + 1, proxy.cuts());
                assertEquals(cut == Cut.AFTER_COMMIT ? 1 : 0, stored(save.key()), cut::name);
                saveAtLast(client, save);
                assertEquals(1, stored(save.key()), cut::name);
            }
        }
    }

    /** A worker of an application, which has nothing but {@code @Transactional}. */
    @Test
    @Order(2)
    void tellsItOfAnyTransactionalWorkerToo() throws Exception {
        for (Cut cut : List.of(Cut.AFTER_COMMIT, Cut.BEFORE_COMMIT)) {
            try (RawClient client = new RawClient(server.address())) {
                client.send(Frames.of(new AddNoteRequest("before", false)));
                client.receive();
                proxy.cutNext(cut, "insert into guest_note");
                client.send(Frames.of(new AddNoteRequest(cut.name(), false)));
                String sentence = client.receive(ErrorResponse.class).text();
                assertTrue(sentence.startsWith("Outcome unknown"), cut + ": " + sentence);
            }
            assertEquals(
                    cut == Cut.AFTER_COMMIT ? 1 : 0,
                    counts("select text, count(*) from guest_note group by text")
                            .getOrDefault(cut.name(), 0));
        }
    }

    private static int stored(String key) throws SQLException {
        return counts("select name, count(*) from map.polygon group by name").getOrDefault(key, 0);
    }

    private static void saveAtLast(RawClient client, SaveFeatures save) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        byte[] reply = client.send(Frames.of(save)).receive();
        while (reply != null && FrameHeader.id(reply, 0) != SAVE_RESULT) {
            String sentence = Frames.message(reply, ErrorResponse.class).text();
            assertTrue(System.nanoTime() < end && sentence.startsWith("Nothing was saved"), sentence);
            reply = client.send(Frames.of(save)).receive();
        }
        assertEquals(Outcome.SAVED, Frames.message(reply, SaveResult.class).outcome());
    }

    @Test
    @Order(3)
    void losesNoAcknowledgedSaveWhenTheDatabaseIsKilled() throws Exception {
        underLoad(23, "PostgreSQL", DATABASE_KILLS, this::killDatabase);
    }

    @Test
    @Order(4)
    void losesNoAcknowledgedSaveWhenTheServerIsKilled() throws Exception {
        underLoad(30, "the server", SERVER_KILLS, server::killAndStart);
    }

    private void killDatabase() throws Exception {
        ProcessHandle postmaster = ProcessHandle.of(postmaster()).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        postmaster.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        database.close();
        database = EmbeddedDatabase.start(dataDirectory, DIRECTORY.resolve("postgresql.log"));
        proxy.target(databasePort());
    }

    private static long postmaster() throws IOException {
        return Long.parseLong(Files.readAllLines(dataDirectory.resolve("postmaster.pid"))
                .get(0)
                .strip());
    }

    /** Something that is killed and started again. */
    @FunctionalInterface
    private interface Kill {
        void kill() throws Exception;
    }

    private static void underLoad(int row, String victim, int kills, Kill kill) throws Exception {
        Load load = new Load(server.address());
        List<Thread> editors = new ArrayList<>();
        for (int i = 0; i < EDITORS; i++) {
            Thread editor = new Thread(load::edit, "editor-" + i);
            editor.start();
            editors.add(editor);
        }
        try {
            for (int i = 0; i < kills; i++) {
                int until = load.acknowledged.size() + BETWEEN_KILLS;
                await("no saves between two kills", () -> load.acknowledged.size() >= until || load.hasFailed());
                kill.kill();
            }
            int until = load.acknowledged.size() + BETWEEN_KILLS;
            await("no saves after the last kill", () -> load.acknowledged.size() >= until || load.hasFailed());
        } finally {
            load.done = true;
            for (Thread editor : editors) {
                editor.join(TimeUnit.SECONDS.toMillis(2 * PATIENCE_SECONDS));
            }
        }
        load.requireNoFailure();
        Map<String, Integer> polygons = counts("select name, count(*) from map.polygon group by name");
        Map<String, Integer> history = counts("select save_key, count(*) from map.change group by save_key");
        long lost = load.acknowledged.stream()
                .filter(key -> !polygons.containsKey(key) || !history.containsKey(key))
                .count();
        long twice = load.acknowledged.stream()
                .filter(key -> polygons.getOrDefault(key, 0) > 1 || history.getOrDefault(key, 0) > 1)
                .count();
        long forged = load.toldFailed.stream().filter(polygons::containsKey).count();
        Scorecard.row(
                row,
                victim + " killed (kill -9) under saving load: no acknowledged save lost, none applied twice",
                "%d kills under %d editors: %,d saves acknowledged, %,d sent again, %,d told as unknown, %,d told as failed;"
                        + " lost %d, applied twice %d, failed but stored %d, server faults %d",
                kills,
                EDITORS,
                load.acknowledged.size(),
                load.again.get(),
                load.unknown.get(),
                load.toldFailed.size(),
                lost,
                twice,
                forged,
                load.faults.get());
        assertEquals(0, lost, "acknowledged and not stored");
        assertEquals(0, twice, "stored twice");
        assertEquals(0, forged, "told as failed and stored");
        assertEquals(0, load.faults.get(), "told as a mistake of the server");
    }

    /** Editors that save houses, and send again what they do not know the outcome of. */
    private static final class Load {

        final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        final Set<String> toldFailed = ConcurrentHashMap.newKeySet();
        final AtomicInteger again = new AtomicInteger();
        final AtomicInteger unknown = new AtomicInteger();
        final AtomicInteger faults = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final InetSocketAddress address;
        volatile boolean done;

        Load(InetSocketAddress address) {
            this.address = address;
        }

        boolean hasFailed() {
            return failure.get() != null;
        }

        void requireNoFailure() {
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new AssertionError("an editor failed", thrown);
            }
        }

        void edit() {
            try {
                RawClient client = connect();
                while (!done) {
                    client = save(client, UUID.randomUUID().toString());
                }
                client.close();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        }

        /** Until the outcome is known. Returns the connection, which may be another one. */
        private RawClient save(RawClient given, String key) throws IOException {
            RawClient client = given;
            boolean maybeStored = false;
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                assertTrue(System.nanoTime() < end, "no outcome of " + key);
                byte[] reply = exchange(client, Frames.of(house(key)));
                if (reply == null) {
                    client.close();
                    client = connect();
                    maybeStored = true;
                } else if (FrameHeader.id(reply, 0) == SAVE_RESULT) {
                    assertEquals(
                            Outcome.SAVED,
                            Frames.message(reply, SaveResult.class).outcome());
                    acknowledged.add(key);
                    return client;
                } else {
                    String sentence = Frames.message(reply, ErrorResponse.class).text();
                    if (sentence.startsWith("Outcome unknown")) {
                        unknown.incrementAndGet();
                        maybeStored = true;
                    } else if (!sentence.startsWith("Nothing was saved")) {
                        faults.incrementAndGet();
                    }
                    if (!maybeStored) {
                        toldFailed.add(key);
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                        return client;
                    }
                }
                again.incrementAndGet();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        private static byte @Nullable [] exchange(RawClient client, byte[] frame) {
            try {
                return client.send(frame).receive();
            } catch (IOException | AssertionError e) {
                // Cut off, perhaps within a frame.
                return null;
            }
        }

        private RawClient connect() throws IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                try {
                    return new RawClient(address);
                } catch (IOException e) {
                    if (System.nanoTime() > end) {
                        throw e;
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
        }
    }
}
