package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.MapSettingsFixture;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
    void refusesWhatItCannotServe() {
        Area bessel = new Area(Ellipsoid.BESSEL_1841, 0, 9, 46, 10, 48);
        assertEquals(
                Refusal.Code.INVALID,
                assertThrows(Refusal.class, () -> READER.byArea(FeatureKind.LINKS, bessel, ALL))
                        .code());
        assertThrows(Refusal.class, () -> new PageRequest("", -1, 0, "", false, false));
        assertThrows(Refusal.class, () -> new PageRequest("", 0, -1, "", false, false));
    }

    @Test
    void saysThatTheDatabaseCannotBeReachedAndNoMore() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/nothing");
        Refusal refusal = assertThrows(Refusal.class, () -> reader("monaco", nowhere)
                .bySheet(FeatureKind.LINKS, new Sheet(0, "N43E00706"), ALL));
        assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        assertEquals("The map's database cannot be reached now; try again later.", refusal.sentence());
    }

    private static PageReader reader(String dataSet, DataSource dataSource) {
        return new PageReader(
                MapSettingsFixture.of(dataSet, Optional.empty()),
                MapPersistenceFixture.walk(MapPersistenceFixture.of(dataSource)));
    }
}
