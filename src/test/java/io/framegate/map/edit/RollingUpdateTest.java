package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Changes;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.store.ChangeFeed;
import io.framegate.map.store.EncodedFeatures;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.store.MapSchemaFixture;
import io.framegate.message.DatabaseErrors;
import io.framegate.testkit.Gate;
import io.framegate.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Servers of an earlier version go on while the first one of this version brings the tables up to date, and beside it then. The earlier
 * ones are their statements: those by which they saved and followed until the migration to version 9.
 */
@Timeout(120)
class RollingUpdateTest {

    private static final int OLD_SAVERS = 3;
    private static final int NEW_SAVERS = 2;
    private static final int SAVES = 60;
    private static final int ATTEMPTS = 4;
    private static final RecordCodec<Polygon> CODEC = RecordCodec.of(Polygon.class);

    private final TestDatabase database = TestDatabase.create();
    private final Set<String> savedByOld = new ConcurrentSkipListSet<>();
    private final Set<String> savedByNew = new ConcurrentSkipListSet<>();
    private final List<Long> followed = new ArrayList<>(); // of the follower's thread, until it has ended
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean savingDone;
    private volatile boolean done;

    @ParameterizedTest
    @ValueSource(strings = {"7", "8"})
    void losesNoSaveOfOldOrNewServers(String before) throws Exception {
        MapSchemaFixture.migrate(database.dataSource(), before);
        MapSchemaFixture.load(database.dataSource(), EditedMap.NAME);
        MapPersistence persistence = MapPersistenceFixture.pooled(database);
        try {
            for (int i = 0; i < OLD_SAVERS; i++) {
                start("old-saver-" + i, this::saveAsBefore);
            }
            Thread follower = start("old-follower", this::followAsBefore);
            awaitSaves(savedByOld, SAVES);
            long begun = System.nanoTime();
            MapSchema.migrate(database.dataSource());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);

            KnownHistory history = new KnownHistory();
            ChangeFeed feed = MapPersistenceFixture.feed(database.dataSource(), history);
            FeatureSaves saves = new FeatureSaves(new LocalTransactions(persistence), history);
            int meanwhile = savedByOld.size();
            for (int i = 0; i < NEW_SAVERS; i++) {
                start("new-saver-" + i, () -> save(saves));
            }
            awaitSaves(savedByNew, SAVES);
            awaitSaves(savedByOld, meanwhile + SAVES);
            savingDone = true;
            for (Thread thread : threads) {
                if (thread != follower) {
                    thread.join();
                }
            }
            done = true;
            follower.join();
            requireNoFailure();
            System.out.println("Measured: migrated from " + before + " in " + millis + " ms under " + savedByOld.size()
                    + " saves of before, then " + savedByNew.size() + " beside them");

            Set<String> all = new TreeSet<>(savedByOld);
            all.addAll(savedByNew);
            List<Change> changes = changes(persistence, feed);
            assertEquals(all, new TreeSet<>(changes.stream().map(Change::name).toList()));
            assertEquals(all.size(), changes.size());
            List<Long> numbers = LongStream.rangeClosed(1, all.size()).boxed().toList();
            assertEquals(numbers, changes.stream().map(Change::number).toList());
            assertEquals(numbers, followed);
            assertEquals(all, houses());
        } finally {
            savingDone = true;
            done = true;
            MapPersistenceFixture.close(persistence);
        }
    }

    private Thread start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                },
                name);
        thread.start();
        threads.add(thread);
        return thread;
    }

    /** What a thread does. */
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void awaitSaves(Set<String> saved, int count) {
        Gate.await("too few saves", 60, () -> saved.size() >= count || failure.get() != null);
        requireNoFailure();
    }

    private void requireNoFailure() {
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("a server failed", thrown);
        }
    }

    private void save(FeatureSaves saves) {
        while (!savingDone) {
            String name = UUID.randomUUID().toString();
            SaveResult result = saves.save(EditedMap.polygons(EditedMap.square(0, 0, 0, 0, name)), EditedMap.NAME);
            assertEquals(Outcome.SAVED, result.outcome(), result::toString);
            savedByNew.add(name);
        }
    }

    private void saveAsBefore() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            while (!savingDone) {
                String name = UUID.randomUUID().toString();
                saveAsBefore(connection, name);
                savedByOld.add(name);
            }
        }
    }

    /** The whole transaction again if it gave way to another one, as it was done before. */
    private static void saveAsBefore(Connection connection, String name) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                insertAsBefore(connection, name);
                connection.commit();
                return;
            } catch (SQLException e) {
                connection.rollback();
                if (!DatabaseErrors.isSerializationFailure(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void insertAsBefore(Connection connection, String name) throws SQLException {
        Polygon house = EditedMap.square(0, 1, 0, 0, name);
        long id;
        int dataSet;
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '5s'");
            dataSet = (int) number(
                    statement, "select id from map.data_set where name = '" + EditedMap.NAME + "' for key share");
            id = number(statement, "select nextval('map.feature_id') from generate_series(1, 1)");
        }
        byte[] record = encoded(new Polygon(id, 1, house.kind(), house.layer(), house.minZoom(), name, house.rings()));
        String corners = EditedMap.WEST + ", " + EditedMap.SOUTH + ", " + (EditedMap.WEST + EditedMap.STEP) + ", "
                + (EditedMap.SOUTH + EditedMap.STEP);
        try (PreparedStatement statement = connection.prepareStatement("insert into map.polygon"
                + " (data_set, id, version, kind, layer, min_zoom, name, rings, record, west, south, east, north)"
                + " values (?, ?, 1, 0, 0, 14, ?, '', ?, " + corners + ")")) {
            statement.setInt(1, dataSet);
            statement.setLong(2, id);
            statement.setString(3, name);
            statement.setBytes(4, record);
            statement.execute();
        }
        try (PreparedStatement statement = connection.prepareStatement("with counter as (update map.change_counter"
                + " set last = last + 1 returning last - 1 as before, last, clock_timestamp() as now),"
                + " appended as (insert into map.change (number, data_set, changed_at, author, save_key, kind,"
                + " feature_id, version, operation, record, west, south, east, north)"
                + " select before + 1, ?, now, 'Ada', ?, 2, ?, 1, 0, ?, " + corners
                + " from counter) select last from counter")) {
            statement.setInt(1, dataSet);
            statement.setString(2, name);
            statement.setLong(3, id);
            statement.setBytes(4, record);
            statement.executeQuery();
        }
        try (PreparedStatement statement =
                connection.prepareStatement("insert into map.save (key, digest, result) values (?, ?, ?)")) {
            statement.setString(1, name);
            statement.setBytes(2, name.getBytes(StandardCharsets.UTF_8));
            statement.setBytes(3, new byte[0]);
            statement.execute();
        }
    }

    private static byte[] encoded(Polygon polygon) {
        WireWriter out = new WireWriter(0, 1000);
        CODEC.encode(polygon, out);
        return Arrays.copyOf(out.array(), out.length());
    }

    /** Asks for what has come after the last number; once more when nobody saves any more. */
    private void followAsBefore() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement numbers = connection.prepareStatement(
                        "select number from map.change where number > ? and number <= ? order by number");
                Statement statement = connection.createStatement()) {
            boolean last;
            long since = 0;
            do {
                last = done;
                long to = number(
                        statement,
                        "select last from (select id, (select last from map.change_counter) as last"
                                + " from map.data_set where name = '" + EditedMap.NAME + "') known");
                numbers.setLong(1, since);
                numbers.setLong(2, to);
                try (ResultSet rows = numbers.executeQuery()) {
                    while (rows.next()) {
                        followed.add(rows.getLong(1));
                    }
                }
                since = to;
            } while (!last);
        }
    }

    private record Change(long number, String name) {}

    /** As a server of this version tells them. */
    private static List<Change> changes(MapPersistence persistence, ChangeFeed feed) {
        FeatureChanges changes = new FeatureChanges(persistence, feed);
        List<Change> all = new ArrayList<>();
        long since = 0;
        Changes page;
        do {
            page = changes.since(new LoadChangesSince("", since, 0, List.of()), EditedMap.NAME);
            page.changes()
                    .forEach(change -> all.add(new Change(
                            change.number(), decoded(change.element()).name())));
            since = page.next();
        } while (!page.complete());
        return all;
    }

    private static Polygon decoded(byte[] record) {
        return CODEC.decode(new WireReader(0, record, 0, record.length, Integer.MAX_VALUE));
    }

    /** As a server of this version answers for the area. */
    private Set<String> houses() {
        EncodedFeatures found = MapPersistenceFixture.queries(database.dataSource())
                .inArea(FeatureKind.POLYGONS, EditedMap.NAME, EditedMap.around(0));
        byte[] bytes = found.bytes();
        WireReader in = new WireReader(0, bytes, 0, bytes.length, Integer.MAX_VALUE);
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < found.count(); i++) {
            names.add(CODEC.decode(in).name());
        }
        assertEquals(0, in.remaining());
        return names;
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            assertTrue(row.next(), sql);
            return row.getLong(1);
        }
    }
}
