package io.framegate.map.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polyline;
import io.framegate.message.Refusal;
import io.framegate.testkit.TestDatabase;
import jakarta.persistence.EntityManager;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Queries through EclipseLink, on the whole of Liechtenstein. */
class FeatureQueriesTest {

    private static final String DATA_SET = "liechtenstein";
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final MapPersistence PERSISTENCE = MapPersistenceFixture.of(DATABASE);
    private static final FeatureQueries QUERIES = MapPersistenceFixture.queries(DATABASE.dataSource());
    private static final Area EVERYWHERE = area(0, 9, 46, 10, 48);
    private static final Area VADUZ = area(0, 9.50, 47.10, 9.55, 47.18);

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        new MapLoader(DATABASE.dataSource(), LoadProgress.silent())
                .load(Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf"), DATA_SET);
    }

    @AfterAll
    static void stop() {
        PERSISTENCE.stop();
    }

    @Test
    void findsExactlyTheTouchingFeatures() {
        assertFindsWhatTouches(FeatureKind.LINKS, Link.class, link -> Points.absolute(link.points()));
        assertFindsWhatTouches(
                FeatureKind.NODES, Node.class, node -> new int[] {node.longitudeE7(), node.latitudeE7()});
        assertFindsWhatTouches(
                FeatureKind.PASS_INFOS, PassInfo.class, rule -> new int[] {rule.longitudeE7(), rule.latitudeE7()});
        assertFindsWhatTouches(FeatureKind.POLYLINES, Polyline.class, line -> Points.absolute(line.points()));
        assertFindsWhatTouches(FeatureKind.POLYGONS, Polygon.class, polygon -> polygon.rings().stream()
                .flatMapToInt(ring -> Arrays.stream(Points.absolute(ring.points())))
                .toArray());
    }

    @Test
    void countsTheEdgesIn() {
        Node node = find(FeatureKind.NODES, VADUZ, Node.class).get(0);
        double x = Points.degrees(node.longitudeE7());
        double y = Points.degrees(node.latitudeE7());
        assertEquals(1, idsAt(node, area(0, x, y, x + 0.001, y + 0.001)));
        assertEquals(1, idsAt(node, area(0, x - 0.001, y - 0.001, x, y)));
        // One unit, 1.1 cm, beside it.
        double unit = 1e-7;
        assertEquals(0, idsAt(node, area(0, x + unit, y, x + 0.001, y + 0.001)));
        assertEquals(0, idsAt(node, area(0, x - 0.001, y - 0.001, x, y - unit)));
    }

    @Test
    void leavesOutFeaturesOfHigherZoom() {
        List<Link> all = find(FeatureKind.LINKS, EVERYWHERE, Link.class);
        for (int zoom : new int[] {1, 7, 9, 12, 20}) {
            long expected = all.stream().filter(link -> link.minZoom() <= zoom).count();
            assertEquals(
                    expected,
                    QUERIES.inArea(FeatureKind.LINKS, DATA_SET, area(zoom, 9, 46, 10, 48))
                            .count());
        }
    }

    @Test
    void givesAnEmptyAnswerWhereThereIsNothing() {
        EncodedFeatures nothing = QUERIES.inArea(FeatureKind.LINKS, DATA_SET, area(0, 0, 0, 1, 1));
        assertEquals(0, nothing.count());
        assertEquals(0, nothing.bytes().length);
    }

    @Test
    void refusesADataSetThatIsNotThere() {
        for (String name : List.of("atlantis", "'; drop table map.link; --")) {
            Refusal refusal = assertThrows(Refusal.class, () -> QUERIES.inArea(FeatureKind.LINKS, name, VADUZ));
            assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        }
    }

    @Test
    void measuresFirstWhenThereAreManyFeatures() {
        FeatureQueries cautious = limited(FeatureQueries.MAX_ANSWER_BYTES, 10);
        for (FeatureKind kind : FeatureKind.values()) {
            EncodedFeatures expected = QUERIES.inArea(kind, DATA_SET, VADUZ);
            EncodedFeatures found = cautious.inArea(kind, DATA_SET, VADUZ);
            assertEquals(expected.count(), found.count());
            assertArrayEquals(expected.bytes(), found.bytes());
        }
    }

    @Test
    void refusesWhatIsTooLargeWhicheverWay() {
        int bytes = QUERIES.inArea(FeatureKind.POLYGONS, DATA_SET, VADUZ).bytes().length;
        for (int quickRows : new int[] {10, 50_000}) {
            FeatureQueries exact = limited(bytes, quickRows);
            assertEquals(
                    bytes, exact.inArea(FeatureKind.POLYGONS, DATA_SET, VADUZ).bytes().length);
            FeatureQueries tight = limited(bytes - 1, quickRows);
            Refusal refusal = assertThrows(Refusal.class, () -> tight.inArea(FeatureKind.POLYGONS, DATA_SET, VADUZ));
            assertEquals(Refusal.Code.TOO_LARGE, refusal.code());
            assertTrue(refusal.sentence().contains(bytes + " bytes"), refusal.sentence());
        }
    }

    private static FeatureQueries limited(int maxAnswerBytes, int quickRows) {
        return new FeatureQueries(
                MapPersistenceFixture.database(DATABASE.dataSource()),
                new BlockCache(0),
                new KnownHistory(),
                maxAnswerBytes,
                quickRows);
    }

    @Test
    void measuresWhatPostgresqlCannotGather() throws Exception {
        TestDatabase database = TestDatabase.create();
        MapSchema.migrate(database.dataSource());
        int features = 55;
        int bytes = 20_000_000;
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path to map");
            // Compressed on its way here, which the table then keeps: a gigabyte to gather, a few megabytes on the
            // disk.
            statement.execute("create temp table large as select decode(repeat('5a', " + bytes + "), 'hex') as record");
            try (ResultSet id = statement.executeQuery("select begin_load()")) {
                id.next();
                int dataSet = id.getInt(1);
                statement.execute(
                        "insert into loading_polygon (data_set, id, version, kind, layer, min_zoom, name, rings,"
                                + " west, south, east, north, record) select " + dataSet
                                + ", number, 1, 0, 0, 0, '', '', 95200000,"
                                + " 471400000, 95200100, 471400100, record from large, generate_series(1, " + features
                                + ") number");
                statement.execute("select finish_load(" + dataSet + ", 'huge', 'a test', 'nobody')");
            }
            SQLException gathered = assertThrows(
                    SQLException.class,
                    () -> statement.executeQuery("select octet_length(string_agg(record, ''::bytea)) from polygon"));
            assertEquals("54000", gathered.getSQLState());
        }
        FeatureQueries queries = MapPersistenceFixture.queries(database.dataSource());
        Refusal refusal = assertThrows(Refusal.class, () -> queries.inArea(FeatureKind.POLYGONS, "huge", EVERYWHERE));
        assertEquals(Refusal.Code.TOO_LARGE, refusal.code());
        assertTrue(
                refusal.sentence().contains(features + " features in " + (long) features * bytes + " bytes"),
                refusal.sentence());
        assertEquals(
                0,
                queries.inArea(FeatureKind.POLYGONS, "huge", area(0, 0, 0, 1, 1))
                        .count());
    }

    @Test
    void usesTheIndexForASmallArea() throws Exception {
        Area block = area(0, 9.52, 47.14, 9.525, 47.145);
        // The turn rules of a small country lie in a few pages, which are read sooner than an index.
        for (FeatureKind kind : EnumSet.complementOf(EnumSet.of(FeatureKind.PASS_INFOS))) {
            for (boolean quick : new boolean[] {true, false}) {
                String plan = StatementPlan.of(DATABASE, kind, quick, DATA_SET, block);
                assertTrue(plan.contains("_bbox_idx") && !plan.contains("Seq Scan on"), plan);
            }
        }
    }

    @Test
    void readsEntitiesThatEqualTheRecordsBesideThem() {
        try (EntityManager entities = PERSISTENCE.open()) {
            List<StoredLink> links = all(entities, "select f from StoredLink f", StoredLink.class);
            assertTrue(links.size() > 10_000);
            links.forEach(link -> assertEncoded(link, Link.class, link.toMessage()));
            all(entities, "select f from StoredPolygon f", StoredPolygon.class)
                    .forEach(polygon -> assertEncoded(polygon, Polygon.class, polygon.toMessage()));
            all(entities, "select f from StoredPolyline f", StoredPolyline.class)
                    .forEach(line -> assertEncoded(line, Polyline.class, line.toMessage()));
            List<StoredPassInfo> rules = all(entities, "select f from StoredPassInfo f", StoredPassInfo.class);
            rules.forEach(rule -> assertEncoded(rule.encoded(), PassInfo.class, rule.toMessage()));
            StoredLink link = links.get(0);
            Node node = find(FeatureKind.NODES, EVERYWHERE, Node.class).get(0);
            StoredNode stored = entities.find(StoredNode.class, new FeatureId(link.dataSet(), node.id()));
            assertEncoded(stored, Node.class, stored.toMessage(node.links()));
            DataSet dataSet = entities.find(DataSet.class, link.dataSet());
            assertEquals(links.size(), dataSet.links());
            assertEquals(rules.size(), dataSet.passInfos());
            assertTrue(dataSet.polygons3D() > 10_000 && dataSet.heights3D() > 1000);
            assertEquals(DATA_SET, dataSet.name());
            assertEquals(MapLoader.ATTRIBUTION, dataSet.attribution());
        }
    }

    private static <T> List<T> all(EntityManager entities, String jpql, Class<T> type) {
        return entities.createQuery(jpql, type).getResultList();
    }

    private static <T extends Record> void assertEncoded(StoredFeature stored, Class<T> type, T message) {
        assertEncoded(stored.encoded(), type, message);
    }

    private static <T extends Record> void assertEncoded(byte[] stored, Class<T> type, T message) {
        WireWriter out = new WireWriter(0, 1 << 24);
        RecordCodec.of(type).encode(message, out);
        assertArrayEquals(Arrays.copyOf(out.array(), out.length()), stored);
    }

    private static long idsAt(Node node, Area area) {
        return find(FeatureKind.NODES, area, Node.class).stream()
                .filter(found -> found.id() == node.id())
                .count();
    }

    private static <T extends Record> void assertFindsWhatTouches(
            FeatureKind kind, Class<T> type, Function<T, int[]> units) {
        List<T> found = find(kind, VADUZ, type);
        assertTrue(!found.isEmpty());
        found.forEach(feature -> assertTrue(touches(units.apply(feature), VADUZ), feature::toString));
        long expected = find(kind, EVERYWHERE, type).stream()
                .filter(feature -> touches(units.apply(feature), VADUZ))
                .count();
        assertEquals(expected, found.size());
    }

    private static boolean touches(int[] units, Area area) {
        double west = Double.MAX_VALUE;
        double south = Double.MAX_VALUE;
        double east = -Double.MAX_VALUE;
        double north = -Double.MAX_VALUE;
        for (int i = 0; i < units.length; i += 2) {
            west = Math.min(west, Points.degrees(units[i]));
            east = Math.max(east, Points.degrees(units[i]));
            south = Math.min(south, Points.degrees(units[i + 1]));
            north = Math.max(north, Points.degrees(units[i + 1]));
        }
        return west <= area.east() && east >= area.west() && south <= area.north() && north >= area.south();
    }

    private static <T extends Record> List<T> find(FeatureKind kind, Area area, Class<T> type) {
        EncodedFeatures found = QUERIES.inArea(kind, DATA_SET, area);
        RecordCodec<T> codec = RecordCodec.of(type);
        WireReader in = new WireReader(0, found.bytes(), 0, found.bytes().length);
        List<T> features = new ArrayList<>();
        for (int i = 0; i < found.count(); i++) {
            features.add(codec.decode(in));
        }
        assertEquals(0, in.remaining());
        return features;
    }

    private static Area area(int loadType, double west, double south, double east, double north) {
        return new Area(Ellipsoid.WGS84, loadType, west, south, east, north);
    }
}
