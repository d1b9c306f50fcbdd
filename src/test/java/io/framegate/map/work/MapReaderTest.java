package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.MapSettingsFixture;
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
import io.framegate.map.message.Sheet;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.message.Compression;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class MapReaderTest {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final MapReader READER = reader(DATABASE.dataSource());

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        new MapLoader(DATABASE.dataSource(), LoadProgress.silent())
                .load(Path.of("target/map-data/monaco/monaco-210801.osm.pbf"), "monaco");
    }

    @Test
    void answersASheetLikeItsArea() {
        // 7.25 to 7.5 east, 43.5 to 43.75 north: the most of Monaco.
        RecordList<Link> bySheet = READER.bySheet(FeatureKind.LINKS, new Sheet(0, "N43E00706"));
        RecordList<Link> byArea = READER.byArea(FeatureKind.LINKS, area(Ellipsoid.WGS84));
        assertTrue(bySheet.size() > 1000);
        assertEquals(byArea.size(), bySheet.size());
    }

    @Test
    void takesGrs80ForWgs84() {
        assertEquals(
                READER.byArea(FeatureKind.NODES, area(Ellipsoid.WGS84)).size(),
                READER.byArea(FeatureKind.NODES, area(Ellipsoid.GRS80)).size());
    }

    @Test
    void readsAnAreaOnBessel() {
        Area wgs84 = new Area(Ellipsoid.WGS84, 0, 7.40, 43.72, 7.45, 43.76);
        Area bessel = DatumShift.toBessel().area(wgs84);
        Area onBessel =
                new Area(Ellipsoid.BESSEL_1841, 0, bessel.west(), bessel.south(), bessel.east(), bessel.north());
        assertSameButShifted(
                FeatureKind.LINKS, Link.class, wgs84, onBessel, Link::id, link -> Points.absolute(link.points()));
        assertSameButShifted(FeatureKind.NODES, Node.class, wgs84, onBessel, Node::id, node ->
                new int[] {node.longitudeE7(), node.latitudeE7()});
        assertSameButShifted(
                FeatureKind.POLYGONS, Polygon.class, wgs84, onBessel, Polygon::id, polygon -> polygon.rings().stream()
                        .flatMapToInt(ring -> Arrays.stream(Points.absolute(ring.points())))
                        .toArray());
        assertSameButShifted(
                FeatureKind.POLYLINES,
                Polyline.class,
                wgs84,
                onBessel,
                Polyline::id,
                line -> Points.absolute(line.points()));
        assertSameButShifted(FeatureKind.PASS_INFOS, PassInfo.class, wgs84, onBessel, PassInfo::id, rule ->
                new int[] {rule.longitudeE7(), rule.latitudeE7()});
    }

    @Test
    void leavesHeightsAsTheyAreOnBessel() {
        Area everywhere = new Area(Ellipsoid.WGS84, 0, 7, 43, 8, 44);
        Area onBessel = new Area(Ellipsoid.BESSEL_1841, 0, 7, 43, 8, 44);
        for (FeatureKind kind : List.of(FeatureKind.POLYGON_3D_INFOS, FeatureKind.HEIGHT_3D_INFOS)) {
            assertArrayEquals(
                    READER.byArea(kind, everywhere).bytes(),
                    READER.byArea(kind, onBessel).bytes());
        }
    }

    @Test
    void refusesASheetThatIsNone() {
        Refusal refusal =
                assertThrows(Refusal.class, () -> READER.bySheet(FeatureKind.LINKS, new Sheet(0, "' or 1=1 --")));
        assertEquals(Refusal.Code.INVALID, refusal.code());
    }

    @Test
    void reportsAnUnavailableDatabase() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/nothing");
        assertUnavailable(reader(nowhere));
        assertUnavailable(reader(TestDatabase.create().dataSource()));
    }

    /** Every feature of the one answer is in the other, with all its points shifted and nothing else changed. */
    private static <T extends Record> void assertSameButShifted(
            FeatureKind kind,
            Class<T> type,
            Area wgs84,
            Area bessel,
            ToLongFunction<T> id,
            Function<T, int[]> coordinates) {
        RecordList<T> plain = READER.byArea(kind, wgs84);
        RecordList<T> shifted = READER.byArea(kind, bessel);
        assertTrue(plain.size() > 5, kind + ": " + plain.size());
        Map<Long, T> byId = new HashMap<>();
        decode(type, shifted).forEach(feature -> byId.put(id.applyAsLong(feature), feature));
        for (T feature : decode(type, plain)) {
            T moved = byId.get(id.applyAsLong(feature));
            assertNotNull(moved, () -> kind + " " + id.applyAsLong(feature));
            int[] expected = DatumShift.toBessel().units(coordinates.apply(feature));
            assertArrayEquals(expected, coordinates.apply(moved));
            assertEquals(encodedSize(type, feature), encodedSize(type, moved));
        }
    }

    private static <T extends Record> List<T> decode(Class<T> type, RecordList<T> list) {
        RecordCodec<T> codec = RecordCodec.of(type);
        WireReader in = new WireReader(0, list.bytes(), 0, list.bytes().length);
        return Stream.generate(() -> codec.decode(in)).limit(list.size()).toList();
    }

    private static <T extends Record> int encodedSize(Class<T> type, T feature) {
        WireWriter out = new WireWriter(0, 1 << 24);
        RecordCodec.of(type).encode(feature, out);
        return out.length();
    }

    private static void assertUnavailable(MapReader unready) {
        Refusal refusal = assertThrows(Refusal.class, () -> unready.byArea(FeatureKind.LINKS, area(Ellipsoid.WGS84)));
        assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        assertEquals("The map's database cannot be reached now; try again later.", refusal.sentence());
    }

    private static MapReader reader(DataSource dataSource) {
        return new MapReader(
                MapSettingsFixture.of("monaco", Optional.empty()),
                MapPersistenceFixture.queries(dataSource),
                MapPersistenceFixture.versions(dataSource),
                () -> Compression.ZLIB);
    }

    private static Area area(Ellipsoid ellipsoid) {
        return new Area(ellipsoid, 0, 7.25, 43.5, 7.5, 43.75);
    }
}
