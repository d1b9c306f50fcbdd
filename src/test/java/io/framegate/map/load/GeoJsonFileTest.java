package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GeoJSON into a real database. */
class GeoJsonFileTest {

    private static final String NODE =
            """
            {"type":"Feature","id":1,"properties":{"kind":"crossing","minZoom":14,"name":"Ö"},
             "geometry":{"type":"Point","coordinates":[9.5,47.1]}}""";
    private static final String LINK =
            """
            {"type":"Feature","id":4097,"properties":{"version":3,"roadClass":"motorway_link","direction":"forward",
             "lanes":2,"speedKmh":-1,"layer":-1,"minZoom":9,"fromNode":1,"toNode":2,"name":"A 1","more":[{}]},
             "geometry":{"type":"LineString","coordinates":[[9.5,47.1],[9.50000001,47.1000001,440]]}}""";
    private static final String CLOCKWISE =
            """
            {"type":"Feature","id":6,"properties":{"kind":"forest","minZoom":12},
             "geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}}""";
    private static final String RIVER =
            """
            {"type":"Feature","id":7,"properties":{"kind":"river","minZoom":8},
             "geometry":{"type":"LineString","coordinates":[[-180,-90],[180,90]]}}""";

    private static DataSource database;

    @TempDir
    private Path directory;

    @BeforeAll
    static void migrate() {
        database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
    }

    @Test
    void makesEachKindOfFeature() throws Exception {
        load(collection(LINK, NODE, CLOCKWISE, RIVER), "each");
        StoredFeatures stored = StoredFeatures.in(database);

        Link link = stored.links().get(0);
        assertEquals(4097, link.id());
        assertEquals(3, link.version());
        assertEquals(RoadClass.MOTORWAY_LINK, link.roadClass());
        assertEquals(Direction.FORWARD, link.direction());
        assertEquals(-1, link.speedKmh());
        assertEquals(-1, link.layer());
        assertEquals("A 1", link.name());
        assertArrayEquals(new int[] {95_000_000, 471_000_000, 0, 1}, link.points());

        assertEquals(List.of(4097L), stored.nodes().get(0).links());
        assertEquals("Ö", stored.nodes().get(0).name());
        assertEquals(PolylineKind.RIVER, stored.polylines().get(0).kind());

        Polygon forest = stored.polygons().get(0);
        int[] counterClockwise = {0, 0, 10_000_000, 10_000_000, 0, 10_000_000};
        assertArrayEquals(
                counterClockwise, Points.absolute(forest.rings().get(0).points()));
        assertEquals(
                1,
                StoredFeatures.number(
                        database,
                        "select count(*) from map.data_set where name = 'each' and attribution = 'Somebody'"));
        remove("each");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"id\":7 | \"id\":7.5 | line 2, column * the feature's id is not a whole number",
                "\"id\":7 | \"od\":7 | the feature's id is not a whole number",
                "river | waterfall | the feature's kind is missing or none that is known",
                "\"minZoom\":8 | \"minZoom\":21 | the feature's minZoom is not from 0 to 20",
                "180,90 | 180.0000001,90 | a position is beyond 180 degrees",
                "180,90 | 1e999999999,90 | a position is beyond 180 degrees",
                "180,90 | 180 | a position is not two numbers",
                "[180,90] | 180 | the feature's coordinates are not nested",
                ",[180,90] | '' | a line has less than two points",
                "LineString | Polygon | the feature's coordinates are not nested",
                "LineString | GeometryCollection | is no Point, LineString, Polygon or MultiPolygon",
                "\"properties\" | \"qualities\" | the feature has no properties",
                "\"Feature\" | \"Creature\" | there is something else than a feature",
                "FeatureCollection | Feature | there is no FeatureCollection",
                "\"features\" | \"creatures\" | there is no FeatureCollection",
                "]]} | ]} | line * the JSON is broken",
                "\"attribution\":\"Somebody\", | \"attribution\":, | the JSON is broken",
            })
    void saysWhereAFaultIsAndStoresNothing(String from, String to, String words) throws Exception {
        String text = collection(RIVER).replace(from, to);
        MapFileException e = assertThrows(MapFileException.class, () -> load(text, "broken"));
        for (String part : words.split("\\*")) {
            assertTrue(String.valueOf(e.getMessage()).contains(part.strip()), e.getMessage());
        }
        assertEquals(0, features());
    }

    @Test
    void saysSoWhereverTheFileIsCutOff() throws Exception {
        String whole = collection(LINK, NODE, CLOCKWISE, RIVER);
        for (int length = 1; length < whole.length(); length += 7) {
            String cut = whole.substring(0, length);
            MapFileException e = assertThrows(MapFileException.class, () -> load(cut, "cut"));
            assertTrue(
                    String.valueOf(e.getMessage()).contains("it ends, and the JSON is not complete"), e.getMessage());
        }
        assertEquals(0, features());
    }

    @Test
    void refusesAFileWithoutFeatures() {
        MapFileException e = assertThrows(MapFileException.class, () -> load(collection(), "nothing"));
        assertTrue(String.valueOf(e.getMessage()).contains("no feature came before it"), e.getMessage());
        assertThrows(MapFileException.class, () -> load("", "nothing"));
    }

    private void load(String text, String dataSet) throws Exception {
        Path file = Files.writeString(directory.resolve("map.geojson"), text);
        new MapLoader(database, LoadProgress.silent()).load(file, dataSet);
    }

    private static long features() throws Exception {
        return StoredFeatures.number(database, "select count(*) from map.polyline")
                + StoredFeatures.number(database, "select count(*) from map.data_set");
    }

    private static void remove(String dataSet) throws Exception {
        assertEquals(1, StoredFeatures.number(database, "select map.remove_data_set('" + dataSet + "')::int"));
        assertTrue(StoredFeatures.in(database).isEmpty());
        assertEquals(
                0,
                StoredFeatures.number(
                        database,
                        "select count(*) from pg_inherits i join pg_class c"
                                + " on c.oid = i.inhrelid where c.relkind = 'r'"));
        assertEquals(0, StoredFeatures.number(database, "select map.remove_data_set('" + dataSet + "')::int"));
    }

    private static String collection(String... features) {
        return "{\"type\":\"FeatureCollection\",\"attribution\":\"Somebody\",\"features\":[\n"
                + String.join(",\n", features) + "]}";
    }
}
