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
import io.framegate.map.message.Sheet;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.message.RecordList;
import io.framegate.message.Refusal;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.Optional;
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
    void refusesBesselUntilItIsServed() {
        Refusal refusal =
                assertThrows(Refusal.class, () -> READER.byArea(FeatureKind.LINKS, area(Ellipsoid.BESSEL_1841)));
        assertEquals(Refusal.Code.INVALID, refusal.code());
        assertTrue(refusal.sentence().contains("not yet served"));
    }

    @Test
    void refusesASheetThatIsNone() {
        Refusal refusal =
                assertThrows(Refusal.class, () -> READER.bySheet(FeatureKind.LINKS, new Sheet(0, "' or 1=1 --")));
        assertEquals(Refusal.Code.INVALID, refusal.code());
    }

    @Test
    void saysThatTheDatabaseCannotBeReachedAndNoMore() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setURL("jdbc:postgresql://127.0.0.1:1/nothing");
        assertUnavailable(reader(nowhere));
        assertUnavailable(reader(TestDatabase.create().dataSource()));
    }

    private static void assertUnavailable(MapReader unready) {
        Refusal refusal = assertThrows(Refusal.class, () -> unready.byArea(FeatureKind.LINKS, area(Ellipsoid.WGS84)));
        assertEquals(Refusal.Code.UNAVAILABLE, refusal.code());
        assertEquals("The map's database cannot be reached now; try again later.", refusal.sentence());
    }

    private static MapReader reader(DataSource dataSource) {
        return new MapReader(
                MapSettingsFixture.of("monaco", Optional.empty()),
                MapPersistenceFixture.queries(MapPersistenceFixture.of(dataSource)));
    }

    private static Area area(Ellipsoid ellipsoid) {
        return new Area(ellipsoid, 0, 7.25, 43.5, 7.5, 43.75);
    }
}
