package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PageEnd.Reason;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import io.framegate.message.Refusal;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Walks through the whole of Liechtenstein, in parts of all sizes. */
class AreaWalkTest {

    private static final String DATA_SET = "liechtenstein";
    private static final Path FILE = Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf");
    private static final Path MONACO = Path.of("target/map-data/monaco/monaco-210801.osm.pbf");
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final DataSource POOL = DATABASE.pooled();
    private static final MapPersistence PERSISTENCE = MapPersistenceFixture.pooled(DATABASE);
    private static final FeatureQueries QUERIES = MapPersistenceFixture.queries(POOL);
    private static final AreaWalk WALK = MapPersistenceFixture.walk(PERSISTENCE, POOL);
    private static final Area EVERYWHERE = area(0, 9, 46, 10, 48);
    private static final Area VADUZ = area(0, 9.50, 47.10, 9.55, 47.18);

    private static final Map<FeatureKind, ToLongFunction<WireReader>> IDS = Map.of(
            FeatureKind.LINKS,
            ids(Link.class, Link::id),
            FeatureKind.NODES,
            ids(Node.class, Node::id),
            FeatureKind.POLYGONS,
            ids(Polygon.class, Polygon::id),
            FeatureKind.POLYLINES,
            ids(Polyline.class, Polyline::id),
            FeatureKind.PASS_INFOS,
            ids(PassInfo.class, PassInfo::id),
            FeatureKind.POLYGON_3D_INFOS,
            ids(Polygon3DInfo.class, Polygon3DInfo::id),
            FeatureKind.HEIGHT_3D_INFOS,
            // Polylines number separately.
            ids(Height3DInfo.class, heights -> heights.kind() == LineKind.LINK ? heights.id() : -heights.id()));

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        new MapLoader(DATABASE.dataSource(), LoadProgress.silent()).load(FILE, DATA_SET);
    }

    @AfterAll
    static void stop() {
        PERSISTENCE.stop();
    }

    @Test
    void pagesHaveEachFeatureOnce() {
        for (FeatureKind kind : IDS.keySet()) {
            assertGivesAllOnce(kind, EVERYWHERE, 700, 7000, 0);
            assertGivesAllOnce(kind, VADUZ, 211, 1000);
            assertGivesAllOnce(kind, area(9, 9, 46, 10, 48), 1000);
            assertGivesAllOnce(kind, area(0, 9.52, 47.14, 9.521, 47.141), 1, 0);
        }
    }

    @Test
    void boundsPagesByBytes() {
        Set<Long> expected =
                new TreeSet<>(ids(FeatureKind.POLYGONS, QUERIES.inArea(FeatureKind.POLYGONS, DATA_SET, VADUZ)));
        int bytes = 20_000;
        List<Long> walked = new ArrayList<>();
        boolean alone = false;
        String continuation = "";
        do {
            EncodedPage page = WALK.next(FeatureKind.POLYGONS, DATA_SET, VADUZ, 0, bytes, continuation);
            alone |= page.features().bytes().length > bytes;
            assertTrue(
                    page.features().bytes().length <= bytes || page.features().count() == 1);
            assertEquals(page.continuation().isEmpty() ? Reason.COMPLETE : Reason.BYTE_LIMIT, page.reason());
            walked.addAll(ids(FeatureKind.POLYGONS, page.features()));
            continuation = page.continuation();
        } while (!continuation.isEmpty());
        assertTrue(alone, "no polygon was larger");
        assertEquals(expected.size(), walked.size());
        assertEquals(expected, new TreeSet<>(walked));
    }

    @Test
    void saysWhyAPartEnds() {
        EncodedPage all = WALK.next(FeatureKind.LINKS, DATA_SET, VADUZ, 0, 0, "");
        assertEquals(Reason.COMPLETE, all.reason());
        assertEquals("", all.continuation());
        EncodedPage some = WALK.next(FeatureKind.LINKS, DATA_SET, VADUZ, 10, 0, "");
        assertEquals(Reason.ROW_LIMIT, some.reason());
        assertEquals(10, some.features().count());
        EncodedPage nothing = WALK.next(FeatureKind.LINKS, DATA_SET, area(0, 0, 0, 1, 1), 10, 0, "");
        assertEquals(Reason.COMPLETE, nothing.reason());
        assertEquals(0, nothing.features().count());
    }

    /** Others delete, add and move features between the parts; all that they leave alone comes once. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NODES | map.node | longitude_e7 = %1$d, latitude_e7 = %2$d"
                        + "| data_set, id + %d, version, kind, longitude_e7, latitude_e7, min_zoom, name",
                "POLYGON_3D_INFOS | map.polygon_3d | west = %1$d, south = %2$d, east = %1$d + 999, north = %2$d + 999"
                        + "| data_set, id + %d, min_zoom, west, south, east, north",
                "HEIGHT_3D_INFOS | map.height_3d | west = %1$d, south = %2$d, east = %1$d + 999, north = %2$d + 999"
                        + "| data_set, kind, id + %d, min_zoom, west, south, east, north",
            })
    void isNotDisturbedByEdits(FeatureKind kind, String table, String move, String columns) throws Exception {
        TestDatabase database = TestDatabase.create();
        MapSchema.migrate(database.dataSource());
        new MapLoader(database.dataSource(), LoadProgress.silent()).load(FILE, DATA_SET);
        MapPersistence persistence = MapPersistenceFixture.of(database);
        AreaWalk walk = MapPersistenceFixture.walk(persistence, database.dataSource());
        Random random = new Random(7);
        List<Long> before =
                ids(kind, MapPersistenceFixture.queries(database.dataSource()).inArea(kind, DATA_SET, EVERYWHERE));
        int rows = Math.max(10, before.size() / 20);
        Set<Long> edited = new HashSet<>();
        List<Long> walked = new ArrayList<>();
        int parts = 0;
        String continuation = "";
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            do {
                EncodedPage page = walk.next(kind, DATA_SET, EVERYWHERE, rows, 0, continuation);
                walked.addAll(ids(kind, page.features()));
                continuation = page.continuation();
                parts++;
                for (int i = 0; i < Math.max(1, rows / 20); i++) {
                    long deleted = before.get(random.nextInt(before.size()));
                    long moved = before.get(random.nextInt(before.size()));
                    edited.addAll(List.of(deleted, moved));
                    statement.execute("delete from " + table + where(deleted));
                    statement.execute("update " + table + " set "
                            + String.format(
                                    move,
                                    90_000_000 + random.nextInt(10_000_000),
                                    471_000_000 + random.nextInt(1_000_000))
                            + where(moved));
                }
                // Enough to make cells large that were small; under an id that is no feature's, so that repeats show.
                statement.execute("insert into " + table + " select "
                        + String.format(columns, 100_000_000_000_000L * parts)
                        + ", '\\x0000000000000000'::bytea || substring(record from 9) from " + table
                        + " where id < 100000000000000 limit " + rows);
                assertTrue(parts < 100, "the walk does not end");
            } while (!continuation.isEmpty());
        }
        persistence.stop();
        Set<Long> untouched = new TreeSet<>(before);
        untouched.removeAll(edited);
        walked.retainAll(untouched);
        assertEquals(untouched.size(), walked.size(), "a gap or a repeat");
        assertEquals(untouched, new TreeSet<>(walked));
        assertTrue(parts > 15 && untouched.size() > before.size() / 2, () -> "only " + untouched.size() + " were left");
    }

    /** By the id as {@link #IDS} has it. */
    private static String where(long id) {
        return id > 0 ? " where id = " + id : " where kind = 2 and id = " + -id;
    }

    @Test
    void tellsALinkFromAPolylineOfTheSameId() throws Exception {
        TestDatabase database = TestDatabase.create();
        MapSchema.migrate(database.dataSource());
        new MapLoader(database.dataSource(), LoadProgress.silent()).load(MONACO, DATA_SET);
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // As they are numbered, the two kinds never meet; so each link's heights are given to a polyline as well.
            statement.execute("delete from map.height_3d where kind = 2");
            statement.execute("insert into map.height_3d select data_set, 2, id, min_zoom, west, south, east, north,"
                    + " substring(record for 8) || '\\x02000000'::bytea || substring(record from 13)"
                    + " from map.height_3d where kind = 1");
        }
        MapPersistence persistence = MapPersistenceFixture.of(database);
        AreaWalk walk = MapPersistenceFixture.walk(persistence, database.dataSource());
        List<Long> walked = new ArrayList<>();
        String continuation = "";
        do {
            EncodedPage page =
                    walk.next(FeatureKind.HEIGHT_3D_INFOS, DATA_SET, area(0, 7, 43, 8, 44), 61, 0, continuation);
            walked.addAll(ids(FeatureKind.HEIGHT_3D_INFOS, page.features()));
            continuation = page.continuation();
        } while (!continuation.isEmpty());
        persistence.stop();
        Set<Long> once = new TreeSet<>(walked);
        assertEquals(once.size(), walked.size());
        assertTrue(once.size() > 200, () -> once.size() + " heights");
        assertTrue(once.stream().allMatch(id -> once.contains(-id)));
    }

    @Test
    void refusesForeignContinuations() {
        String continuation =
                WALK.next(FeatureKind.LINKS, DATA_SET, EVERYWHERE, 10, 0, "").continuation();
        assertRefused(FeatureKind.NODES, EVERYWHERE, continuation);
        assertRefused(FeatureKind.LINKS, VADUZ, continuation);
        assertRefused(FeatureKind.LINKS, area(7, 9, 46, 10, 48), continuation);
        assertRefused(FeatureKind.LINKS, EVERYWHERE, "'; drop table map.link; --");
        assertRefused(FeatureKind.LINKS, EVERYWHERE, "x");
        assertRefused(FeatureKind.LINKS, EVERYWHERE, continuation.substring(1));
        for (int i = 0; i < continuation.length(); i++) {
            char other = continuation.charAt(i) == 'A' ? 'Q' : 'A';
            String garbled = continuation.substring(0, i) + other + continuation.substring(i + 1);
            assertRefused(FeatureKind.LINKS, EVERYWHERE, garbled);
        }
    }

    @Test
    void refusesPositionsThatAreNone() {
        String asked = "anything";
        for (WalkPosition forged : List.of(
                new WalkPosition(-1, 0, 0),
                new WalkPosition(WalkPosition.MAX_LEVEL + 1, 0, 0),
                new WalkPosition(0, 1, 0),
                new WalkPosition(3, 64, 0),
                new WalkPosition(3, -1, 0))) {
            String continuation = forged.toContinuation(asked);
            assertThrows(Refusal.class, () -> WalkPosition.of(continuation, asked), forged::toString);
        }
        WalkPosition right = new WalkPosition(WalkPosition.MAX_LEVEL, (1L << 48) - 1, Long.MAX_VALUE);
        assertEquals(right, WalkPosition.of(right.toContinuation(asked), asked));
        assertTrue(right.nextCell().isEnd());
        assertEquals((1 << 24) - 1, right.column());
        assertEquals((1 << 24) - 1, right.row());
    }

    @Test
    void refusesToContinueAfterAReload() throws Exception {
        MapLoader loader = new MapLoader(DATABASE.dataSource(), LoadProgress.silent());
        loader.load(MONACO, "monaco");
        Area area = area(0, 7, 43, 8, 44);
        String continuation =
                WALK.next(FeatureKind.LINKS, "monaco", area, 10, 0, "").continuation();
        assertFalse(continuation.isEmpty());
        loader.load(MONACO, "monaco");
        Refusal refusal =
                assertThrows(Refusal.class, () -> WALK.next(FeatureKind.LINKS, "monaco", area, 10, 0, continuation));
        assertTrue(refusal.sentence().contains("loaded anew"), refusal.sentence());
        Refusal nothing = assertThrows(Refusal.class, () -> WALK.next(FeatureKind.LINKS, "atlantis", area, 10, 0, ""));
        assertEquals(Refusal.Code.UNAVAILABLE, nothing.code());
    }

    @Test
    void usesTheIndexForACell() throws Exception {
        for (AreaWalk.Statements statements : List.of(
                AreaWalk.Statements.of("map.link"),
                AreaWalk.Statements.of("map.node"),
                AreaWalk.Statements.of("map.polygon"),
                AreaWalk.Statements.of("map.polyline"),
                AreaWalk.Statements.of("map.polygon_3d"),
                AreaWalk.Statements.OF_LINES)) {
            for (String statement : List.of(statements.count(), statements.page())) {
                String plan = explain(statement);
                assertTrue(
                        plan.contains("_bbox_idx") && !plan.contains("Seq Scan on") && !plan.contains("_pkey"), plan);
            }
        }
    }

    private static void assertGivesAllOnce(FeatureKind kind, Area area, int... sizes) {
        Set<Long> expected = new TreeSet<>(ids(kind, QUERIES.inArea(kind, DATA_SET, area)));
        for (int rows : sizes) {
            List<Long> walked = walk(kind, area, rows, 0);
            assertEquals(expected.size(), walked.size(), () -> kind + " " + area + " by " + rows);
            assertEquals(expected, new TreeSet<>(walked));
        }
    }

    private static String explain(String statement) throws SQLException {
        List<Object> values = List.of(
                1,
                95_200_000.0,
                471_400_000.0,
                95_250_000.0,
                471_450_000.0,
                20,
                Long.MIN_VALUE,
                95_000_000.0,
                471_000_000.0,
                95_250_000.0,
                471_450_000.0,
                1001,
                1000,
                1_000_000,
                true);
        StringBuilder plan = new StringBuilder();
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement setting = connection.createStatement();
                PreparedStatement explain =
                        connection.prepareStatement("explain " + statement.replaceAll("\\?\\d+", "?"))) {
            setting.execute(AreaWalk.STOP_AT_LIMITS.replace("local ", ""));
            Matcher parameter = Pattern.compile("\\?(\\d+)").matcher(statement);
            for (int i = 1; parameter.find(); i++) {
                explain.setObject(i, values.get(Integer.parseInt(parameter.group(1)) - 1));
            }
            try (ResultSet lines = explain.executeQuery()) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
        }
        return plan.toString();
    }

    private static void assertRefused(FeatureKind kind, Area area, String continuation) {
        Refusal refusal = assertThrows(Refusal.class, () -> WALK.next(kind, DATA_SET, area, 10, 0, continuation));
        assertEquals(Refusal.Code.INVALID, refusal.code());
        assertTrue(refusal.sentence().startsWith("This continuation is not one"), refusal.sentence());
    }

    private static List<Long> walk(FeatureKind kind, Area area, int rows, int bytes) {
        List<Long> ids = new ArrayList<>();
        String continuation = "";
        do {
            EncodedPage page = WALK.next(kind, DATA_SET, area, rows, bytes, continuation);
            assertTrue(rows == 0 || page.features().count() <= rows);
            ids.addAll(ids(kind, page.features()));
            continuation = page.continuation();
        } while (!continuation.isEmpty());
        return ids;
    }

    private static <T extends Record> ToLongFunction<WireReader> ids(Class<T> type, ToLongFunction<T> id) {
        RecordCodec<T> codec = RecordCodec.of(type);
        return in -> id.applyAsLong(codec.decode(in));
    }

    private static List<Long> ids(FeatureKind kind, EncodedFeatures found) {
        WireReader in = new WireReader(0, found.bytes(), 0, found.bytes().length);
        List<Long> ids = new ArrayList<>();
        ToLongFunction<WireReader> id = IDS.get(kind);
        for (int i = 0; i < found.count(); i++) {
            ids.add(id.applyAsLong(in));
        }
        assertEquals(0, in.remaining());
        return Collections.unmodifiableList(ids);
    }

    private static Area area(int loadType, double west, double south, double east, double north) {
        return new Area(Ellipsoid.WGS84, loadType, west, south, east, north);
    }
}
