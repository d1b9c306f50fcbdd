package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.BlockCompaction;
import io.framegate.map.load.LoadMode;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.message.EncodedPart;
import io.framegate.testkit.TestDatabase;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * That an answer is the same whether features come by the block or one by one, whatever is edited, by whom and when. What is
 * expected is what PostgreSQL says of the rows, which know nothing of blocks.
 */
class BlocksTest {

    private static final String DATA_SET = "liechtenstein";
    private static final Path FILE = Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf");
    private static final List<String> TABLES =
            List.of("link", "node", "polygon", "polyline", "pass_info", "polygon_3d", "height_3d");
    private static final Area EVERYWHERE = area(0, 9, 46, 10, 48);

    private final TestDatabase database = TestDatabase.create();
    private final DataSource pool = database.pooled();
    private final FeatureQueries queries = MapPersistenceFixture.queries(pool);

    /** With more blocks than there is memory for, and with none in memory. */
    private final List<FeatureQueries> forgetful =
            List.of(MapPersistenceFixture.queries(pool, 200_000), MapPersistenceFixture.queries(pool, 0));

    private final Random random = new Random(20);

    @BeforeEach
    void load() throws Exception {
        MapSchema.migrate(database.dataSource());
        new MapLoader(database.dataSource(), LoadProgress.silent()).load(FILE, DATA_SET);
    }

    @Test
    void answersByBlockEqualThoseByFeature() throws Exception {
        for (String table : TABLES) {
            assertEquals(0, count("select count(*) from map." + table + " where place = 0"), table);
        }
        int[] deflatedParts = new int[2];
        for (int round = 0; round < 2; round++) {
            for (FeatureKind kind : FeatureKind.values()) {
                for (int i = 0; i < 12; i++) {
                    deflatedParts[round] += requireSame(kind, i == 0 ? EVERYWHERE : someArea());
                }
            }
            edit();
        }
        // Not by chance, since nothing came by the block.
        assertTrue(deflatedParts[0] > 1000 && deflatedParts[1] > 100, () -> Arrays.toString(deflatedParts));
        assertTrue(count("select count(*) from map.hole") > 1000);
        upkeep();
        for (FeatureKind kind : FeatureKind.values()) {
            deflatedParts[1] = 0;
            for (int i = 0; i < 6; i++) {
                deflatedParts[1] += requireSame(kind, i == 0 ? EVERYWHERE : someArea());
            }
            // All of the country is in blocks without holes again, but for a few.
            assertTrue(deflatedParts[1] >= count("select count(*) from map.block where kind = " + kind.ordinal()));
        }
        // A newer file brings back what was deleted here by no save, and leaves no feature out or in twice.
        new MapLoader(database.dataSource(), LoadProgress.silent()).load(FILE, DATA_SET, LoadMode.UPDATE);
        for (FeatureKind kind : FeatureKind.values()) {
            for (int i = 0; i < 6; i++) {
                requireSame(kind, i == 0 ? EVERYWHERE : someArea());
            }
        }
    }

    /** @return how many steps there were */
    private int upkeep() throws SQLException {
        BlockCompaction upkeep = new BlockCompaction(pool);
        int steps = 0;
        while (!upkeep.step().isNothing()) {
            steps++;
            assertTrue(steps < 1000, "it has no end");
        }
        assertEquals(0, count("select count(*) from map.hole"));
        for (String table : TABLES) {
            assertTrue(count("select count(*) from map." + table + " where place = 0") < 64, table);
        }
        return steps;
    }

    @Test
    void gathersADataSetThatHasNoBlocks() throws Exception {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute("update map." + table + " set place = 0");
            }
            statement.execute("truncate map.block, map.hole");
        }
        assertTrue(upkeep() > 7);
        for (FeatureKind kind : FeatureKind.values()) {
            assertTrue(requireSame(kind, EVERYWHERE) > 0);
            requireSame(kind, someArea());
        }
    }

    @Test
    void waitsForALoadAndForAnotherUpkeep() throws Exception {
        edit();
        try (Connection other = pool.getConnection();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("select pg_advisory_xact_lock(" + 0x46476D61704C4431L + ")");
            assertTrue(new BlockCompaction(pool).step().isNothing());
            assertTrue(count("select count(*) from map.hole") > 0);
            other.rollback();
            other.setAutoCommit(true);
        }
        assertTrue(upkeep() > 0);
    }

    /** Edits as nobody makes them: some of all tables in a part of the country, by statements that know nothing of blocks. */
    private void edit() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path to map");
            String here = " and bbox && box(point(95200000, 470000000), point(95350000, 480000000))";
            for (String table : TABLES) {
                statement.execute("delete from " + table + " where hashint8(id) % 17 = 0" + here);
                statement.execute(
                        "update " + table + " set min_zoom = (min_zoom + 5) % 18 where hashint8(id) % 13 = 0" + here);
                // The same again: what is in no block any more stays so.
                statement.execute("update " + table + " set min_zoom = min_zoom where hashint8(id) % 26 = 0" + here);
                String east = List.of("node", "pass_info").contains(table)
                        ? "longitude_e7 = longitude_e7 + 20000"
                        : "west = west + 20000, east = east + 20000";
                statement.execute("update " + table + " set " + east + " where hashint8(id) % 11 = 0" + here);
            }
            statement.execute("reset search_path");
        }
    }

    /** @return how many blocks came deflated */
    private int requireSame(FeatureKind kind, Area area) throws SQLException {
        List<String> expected = oneByOne(kind, area);
        for (FeatureQueries others : forgetful) {
            assertEquals(
                    expected,
                    records(kind, others.inArea(kind, DATA_SET, area, random.nextBoolean())),
                    () -> kind + " in " + area);
        }
        EncodedFeatures plain = queries.inArea(kind, DATA_SET, area);
        EncodedFeatures deflated = queries.inArea(kind, DATA_SET, area, true);
        assertEquals(expected, records(kind, plain), () -> kind + " in " + area);
        assertEquals(expected, records(kind, deflated), () -> kind + " in " + area + ", deflated");
        assertTrue(plain.parts().stream().noneMatch(part -> part instanceof EncodedPart.Deflated));
        return (int) deflated.parts().stream()
                .filter(part -> part instanceof EncodedPart.Deflated)
                .count();
    }

    /** The digests of all records, sorted. */
    private List<String> oneByOne(FeatureKind kind, Area area) throws SQLException {
        BlockPlaces.Window window = BlockPlaces.Window.of(area);
        List<String> records = new ArrayList<>();
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("select md5(record) from map." + TABLES.get(kind.ordinal())
                                + " where bbox && box(point(?, ?), point(?, ?)) and min_zoom <= ?")) {
            statement.setDouble(1, window.west());
            statement.setDouble(2, window.south());
            statement.setDouble(3, window.east());
            statement.setDouble(4, window.north());
            statement.setInt(5, window.zoom());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    records.add(row.getString(1));
                }
            }
        }
        records.sort(null);
        return records;
    }

    /** Takes an answer apart by asking the database how long which record is. */
    private List<String> records(FeatureKind kind, EncodedFeatures features) throws SQLException {
        byte[] bytes = features.bytes();
        List<String> records = new ArrayList<>();
        List<byte[]> apart = RecordBytes.apart(kind, bytes, features.count());
        for (byte[] record : apart) {
            records.add(RecordBytes.md5(record));
        }
        records.sort(null);
        return records;
    }

    /** Edges at features' edges as well, where a unit decides. */
    private Area someArea() throws SQLException {
        double west = 9.47 + random.nextDouble() * 0.15;
        double south = 47.05 + random.nextDouble() * 0.2;
        if (random.nextInt(3) == 0) {
            west = Math.rint(west * 1e7) / 1e7;
            south = Math.rint(south * 1e7) / 1e7;
        }
        double side = Math.pow(10, -3 + 2.3 * random.nextDouble());
        return area(random.nextInt(2) * (1 + random.nextInt(20)), west, south, west + side, south + side);
    }

    @Test
    void answersHaveEachFeatureOnceDuringEdits() throws Exception {
        Area town = area(0, 9.515, 47.135, 9.530, 47.150);
        List<Long> ids = ids(queries.inArea(FeatureKind.POLYGONS, DATA_SET, town));
        assertTrue(ids.size() > 500, () -> ids.size() + " polygons");
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> readers = new ArrayList<>();
            for (boolean deflated : new boolean[] {false, true}) {
                Callable<Integer> reader = () -> {
                    int answers = 0;
                    for (; !ended.get() || answers < 20; answers++) {
                        assertEquals(ids, ids(queries.inArea(FeatureKind.POLYGONS, DATA_SET, town, deflated)));
                    }
                    return answers;
                };
                readers.add(threads.submit(reader));
            }
            AtomicInteger steps = new AtomicInteger();
            readers.add(threads.submit(() -> {
                BlockCompaction upkeep = new BlockCompaction(pool);
                int looks = 0;
                for (; !ended.get() || looks < 20; looks++) {
                    if (!upkeep.step().isNothing()) {
                        steps.incrementAndGet();
                    }
                }
                return looks;
            }));
            try (Connection connection = pool.getConnection();
                    PreparedStatement edit = connection.prepareStatement(
                            "update map.polygon set version = version + 1 where id = any (?)")) {
                for (int i = 0; i < 150; i++) {
                    Long[] some = random.longs(5, 0, ids.size())
                            .mapToObj(place -> ids.get((int) place))
                            .toArray(Long[]::new);
                    edit.setArray(1, connection.createArrayOf("bigint", some));
                    edit.executeUpdate();
                }
            } finally {
                ended.set(true);
            }
            for (Future<Integer> reader : readers) {
                assertTrue(reader.get() >= 20);
            }
            assertTrue(steps.get() > 3, () -> "only " + steps + " steps of the upkeep had something to do");
        } finally {
            threads.shutdownNow();
        }
        upkeep();
        for (int i = 0; i < 5; i++) {
            requireSame(FeatureKind.POLYGONS, someArea());
        }
    }

    /** Of polygons, sorted. */
    private static List<Long> ids(EncodedFeatures polygons) {
        List<Long> ids = new ArrayList<>();
        for (byte[] record : RecordBytes.apart(FeatureKind.POLYGONS, polygons.bytes(), polygons.count())) {
            ids.add(ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getLong());
        }
        ids.sort(null);
        return ids;
    }

    @Test
    void aCachedBlockIsNoOther() throws Exception {
        Area town = area(0, 9.515, 47.135, 9.530, 47.150);
        for (int round = 0; round < 4; round++) {
            requireSame(FeatureKind.NODES, EVERYWHERE);
            requireSame(FeatureKind.NODES, town);
            long last = count("select max(number) from map.block where kind = 1");
            long bytes = count("select sum(bytes) from map.block where kind = 1");
            // All of the last blocks leave them, with as many bytes as they had; the blocks go, and new ones get their
            // numbers.
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("update map.node set record = set_byte(record, 8, get_byte(record, 8) # 1)"
                        + " where place >> 6 > " + (last - 3));
            }
            requireSame(FeatureKind.NODES, EVERYWHERE);
            upkeep();
            assertEquals(last, count("select max(number) from map.block where kind = 1"));
            assertEquals(bytes, count("select sum(bytes) from map.block where kind = 1"));
        }
        requireSame(FeatureKind.NODES, EVERYWHERE);
        requireSame(FeatureKind.NODES, town);
    }

    @Test
    void cachesBlocksWithinItsSize() {
        BlockCache kept = new BlockCache(200_000);
        FeatureQueries remembering = new FeatureQueries(MapPersistenceFixture.database(pool), kept, new KnownHistory());
        Area town = area(0, 9.515, 47.135, 9.516, 47.136);
        int features =
                remembering.inArea(FeatureKind.LINKS, DATA_SET, town, true).count();
        assertEquals(0, figure(kept, "hits"));
        long fetched = figure(kept, "misses");
        assertTrue(fetched > 0);
        assertEquals(
                features,
                remembering.inArea(FeatureKind.LINKS, DATA_SET, town, true).count());
        assertEquals(fetched, figure(kept, "hits"));
        assertEquals(fetched, figure(kept, "misses"));
        remembering.inArea(FeatureKind.LINKS, DATA_SET, EVERYWHERE);
        assertTrue(figure(kept, "misses") > fetched + 100);
        assertTrue(
                figure(kept, "kept") > 50_000 && figure(kept, "kept") <= 200_000,
                () -> figure(kept, "kept") + " bytes");
        assertEquals(200_000, figure(kept, "limit"));
    }

    @Test
    void hasMetricsEvenIfMisconfigured() {
        // The gate asks for the figures when it starts, and serves other applications than the map.
        assertEquals(0, figure(new BlockCache("much"), "limit"));
        assertEquals(64L << 20, figure(new BlockCache("64MiB"), "limit"));
    }

    private static long figure(BlockCache blocks, String name) {
        return blocks.figures().stream()
                .filter(figure -> figure.name().equals(name))
                .mapToLong(figure -> figure.value().get().longValue())
                .sum();
    }

    @Test
    void removesBlocksAndHolesWithTheirDataSet() throws Exception {
        edit();
        new MapLoader(database.dataSource(), LoadProgress.silent()).load(FILE, DATA_SET);
        assertEquals(0, count("select count(*) from map.hole"));
        assertEquals(1, count("select count(distinct data_set) from map.block"));
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select map.remove_data_set('" + DATA_SET + "')");
        }
        assertEquals(0, count("select count(*) from map.block"));
        assertEquals(
                0,
                count(
                        "select count(*) from pg_inherits where inhparent in ('map.block'::regclass, 'map.hole'::regclass)"));
    }

    private long count(String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static Area area(int zoom, double west, double south, double east, double north) {
        return new Area(Ellipsoid.WGS84, zoom, west, south, east, north);
    }
}
