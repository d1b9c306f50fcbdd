package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.MapSettingsFixture;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PageEnd.Reason;
import io.framegate.map.message.PageRequest;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Sheet;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.work.PageReader.Page;
import io.framegate.message.Refusal;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class PageReaderTest {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final PageReader READER = reader("liechtenstein", DATABASE.dataSource());
    private static final PageRequest ALL = new PageRequest("", 0, 0, "", false, false);
    private static final PageRequest SMALL_SHAPES = new PageRequest("", 0, 0, "", true, true);

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        MapLoader loader = new MapLoader(DATABASE.dataSource(), LoadProgress.silent());
        loader.load(Path.of("target/map-data/monaco/monaco-210801.osm.pbf"), "monaco");
        loader.load(Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf"), "liechtenstein");
    }

    @Test
    void asksTheDataSetThatIsNamed() {
        Sheet sheet = new Sheet(0, "N43E00706");
        Page<Link> here = READER.bySheet(FeatureKind.LINKS, sheet, ALL);
        assertEquals(0, here.features().size());
        Page<Link> there = READER.bySheet(FeatureKind.LINKS, sheet, new PageRequest("monaco", 0, 0, "", false, false));
        assertTrue(there.features().size() > 1000);
        assertEquals(Reason.COMPLETE, there.end().reason());
    }

    @Test
    void tellsWhichPolygonsAreClippedAndSimplified() {
        Area corner = new Area(Ellipsoid.WGS84, 12, 9.50, 47.10, 9.53, 47.13);
        Page<Polygon> whole = READER.polygonsByArea(corner, ALL);
        Page<Polygon> shapes = READER.polygonsByArea(corner, SMALL_SHAPES);
        assertEquals(List.of(), whole.end().clipped());
        assertTrue(!shapes.end().clipped().isEmpty(), "the country itself is huge");
        assertTrue(!shapes.end().simplified().isEmpty());
        Set<Long> changed = new HashSet<>(shapes.end().clipped());
        changed.addAll(shapes.end().simplified());
        long points = 0;
        for (Polygon polygon : shapes.features().toList()) {
            assertEquals(changed.contains(polygon.id()), polygon.version() < 0);
            points += polygon.rings().stream()
                    .mapToLong(ring -> ring.points().length / 2)
                    .sum();
        }
        assertTrue(points * Integer.BYTES * 2 * 2 < whole.features().bytes().length, points + " points are left");
        assertTrue(shapes.features().size() <= whole.features().size());
    }

    @Test
    void walksAnAreaOnBessel() {
        Area wgs84 = new Area(Ellipsoid.WGS84, 0, 7.41, 43.72, 7.44, 43.75);
        Area around = DatumShift.toBessel().area(wgs84);
        Area onBessel =
                new Area(Ellipsoid.BESSEL_1841, 0, around.west(), around.south(), around.east(), around.north());
        Area stored = DatumShift.toWgs84().area(onBessel);
        PageRequest all = new PageRequest("monaco", 0, 0, "", false, false);
        for (FeatureKind kind : List.of(FeatureKind.NODES, FeatureKind.POLYGONS, FeatureKind.PASS_INFOS)) {
            List<Page<?>> parts = new ArrayList<>();
            String continuation = "";
            do {
                Page<Node> part =
                        READER.byArea(kind, onBessel, new PageRequest("monaco", 100, 0, continuation, false, false));
                parts.add(part);
                continuation = part.end().continuation();
            } while (!continuation.isEmpty());
            int found = parts.stream().mapToInt(part -> part.features().size()).sum();
            assertEquals(READER.byArea(kind, stored, all).features().size(), found);
            assertTrue(found > 5, kind + ": " + found);
        }
        List<Node> plain = decode(Node.class, READER.byArea(FeatureKind.NODES, stored, all));
        List<Node> shifted = decode(Node.class, READER.byArea(FeatureKind.NODES, onBessel, all));
        for (int i = 0; i < plain.size(); i++) {
            Node node = plain.get(i);
            assertEquals(node.id(), shifted.get(i).id());
            assertArrayEquals(
                    DatumShift.toBessel().units(new int[] {node.longitudeE7(), node.latitudeE7()}),
                    new int[] {shifted.get(i).longitudeE7(), shifted.get(i).latitudeE7()});
        }
    }

    @Test
    void clipsOnWgs84AndThenShifts() {
        Area onBessel = new Area(Ellipsoid.BESSEL_1841, 12, 9.50, 47.10, 9.53, 47.13);
        Page<Polygon> plain = READER.polygonsByArea(DatumShift.toWgs84().area(onBessel), SMALL_SHAPES);
        Page<Polygon> shifted = READER.polygonsByArea(onBessel, SMALL_SHAPES);
        assertEquals(plain.end(), shifted.end());
        assertTrue(!plain.end().clipped().isEmpty());
        List<Polygon> expected = plain.features().toList();
        List<Polygon> found = shifted.features().toList();
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i).id(), found.get(i).id());
            assertArrayEquals(
                    DatumShift.toBessel().points(expected.get(i).rings().get(0).points()),
                    found.get(i).rings().get(0).points());
        }
    }

    @Test
    void refusesWhatItCannotServe() {
        assertThrows(Refusal.class, () -> new PageRequest("", -1, 0, "", false, false));
        assertThrows(Refusal.class, () -> new PageRequest("", 0, -1, "", false, false));
    }

    @Test
    void reportsAnUnavailableDatabase() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/nothing");
        Refusal refusal = assertThrows(Refusal.class, () -> reader("monaco", nowhere)
                .bySheet(FeatureKind.LINKS, new Sheet(0, "N43E00706"), ALL));
        assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        assertEquals("The map's database cannot be reached now; try again later.", refusal.sentence());
    }

    private static <T extends Record> List<T> decode(Class<T> type, Page<T> page) {
        RecordCodec<T> codec = RecordCodec.of(type);
        byte[] bytes = page.features().bytes();
        WireReader in = new WireReader(0, bytes, 0, bytes.length);
        return Stream.generate(() -> codec.decode(in))
                .limit(page.features().size())
                .toList();
    }

    private static PageReader reader(String dataSet, DataSource dataSource) {
        return new PageReader(
                MapSettingsFixture.of(dataSet, Optional.empty()),
                MapPersistenceFixture.walk(MapPersistenceFixture.of(dataSource), dataSource));
    }
}
