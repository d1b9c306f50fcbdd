package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.Link;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.RoofShape;
import io.framegate.map.message.Turn;
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

    private static final String RULE =
            """
            {"type":"Feature","id":8,"properties":{"rule":"only","turn":"u_turn","fromLink":4097,"viaNode":1,
             "viaLinks":[4097,4098],"toLink":4099,"minZoom":14,"except":"bicycle"},
             "geometry":{"type":"Point","coordinates":[9.5,47.1]}}""";
    private static final String BUILDING =
            """
            {"type":"Feature","id":6,"geometry":null,"properties":{"heightM":12.3,"heightOrigin":"measured",
             "minHeightM":0.0,"minHeightOrigin":"default","levels":3,"minLevel":0,"roofHeightM":2.1,
             "roofHeightOrigin":"levels","roofLevels":1,"minZoom":12,"part":false,"roofShape":"half_hipped"}}""";
    private static final String HEIGHTS =
            """
            {"type":"Feature","id":4097,"geometry":null,"properties":{"version":2,"kind":"link","levelOrigin":"bridge",
             "level":1,"minZoom":9,"heightsCm":[500,-500],"elevationsCm":[null,44000]}}""";

    static final List<String> EACH_KIND = List.of(LINK, HEIGHTS, NODE, CLOCKWISE, BUILDING, RIVER, RULE);

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
        load(collection(EACH_KIND.toArray(String[]::new)), "each");
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
        PassInfo rule = stored.passInfos().get(0);
        assertEquals(
                new PassInfo(
                        8,
                        1,
                        4097,
                        1,
                        List.of(4097L, 4098L),
                        4099,
                        PassRule.ONLY,
                        Turn.U_TURN,
                        95_000_000,
                        471_000_000,
                        (byte) 14,
                        "",
                        "bicycle",
                        ""),
                rule);
        Polygon3DInfo building = stored.polygons3D().get(0);
        assertEquals(12.3f, building.heightM());
        assertEquals(RoofShape.HALF_HIPPED, building.roofShape());
        assertEquals(
                1,
                StoredFeatures.number(
                        database, "select count(*) from map.polygon_3d where bbox ~= box '(10000000,10000000),(0,0)'"));
        Height3DInfo heights = stored.heights3D().get(0);
        assertEquals(LevelOrigin.BRIDGE, heights.levelOrigin());
        assertArrayEquals(new int[] {500, -500}, heights.heightsCm());
        assertArrayEquals(new int[] {Height3DInfo.UNKNOWN, 44_000}, heights.elevationsCm());

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"id\":8 | \"id\":0 | the feature's id is below 1",
                "only | perhaps | the feature's rule is missing or none that is known",
                "[4097,4098] | 4097 | the feature's viaLinks is no list",
                "[4097,4098] | [4097.5] | the feature's viaLinks is not a whole number",
                "12.3 | 1e99 | the feature's heightM is not a number up to 100000",
                "12.3 | \"tall\" | the feature's heightM is not a number up to 100000",
                "\"part\":false | \"part\":\"no\" | the feature's part is not true or false",
                "half_hipped | bald | the feature's roofShape is missing or none that is known",
                "[500,-500] | [500] | the feature has not as many heights as the link has points",
                "[null,44000] | [44000] | the feature has not as many heights as the link has points",
                "[500,-500] | [5000000000] | a number of the feature's heightsCm is too large",
                "\"kind\":\"link\" | \"kind\":\"polyline\" | line * no polyline of the feature's id comes before it",
                "\"geometry\":null,\"properties\":{\"heightM\" | \"geometry\":null,\"properties\":{\"tallness\""
                        + "| is no Point, LineString, Polygon or MultiPolygon",
            })
    void saysWhereARuleOrAHeightIsWrong(String from, String to, String words) {
        String whole = collection(LINK, CLOCKWISE, RULE, BUILDING, HEIGHTS);
        String text = whole.replace(from, to);
        assertFalse(text.equals(whole), from);
        MapFileException e = assertThrows(MapFileException.class, () -> load(text, "broken"));
        for (String part : words.split("\\*")) {
            assertTrue(String.valueOf(e.getMessage()).contains(part.strip()), e.getMessage());
        }
    }

    @Test
    void refusesHeightsBeforeTheirFeature() {
        for (String heights : List.of(BUILDING, HEIGHTS)) {
            MapFileException e =
                    assertThrows(MapFileException.class, () -> load(collection(heights, LINK, CLOCKWISE), "broken"));
            assertTrue(String.valueOf(e.getMessage()).contains("of the feature's id comes before it"), e.getMessage());
        }
    }

    @Test
    void saysSoWhereverTheFileIsCutOff() throws Exception {
        String whole = collection(LINK, NODE, CLOCKWISE, RIVER, RULE, BUILDING, HEIGHTS);
        for (int length = 1; length < whole.length(); length += 17) {
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

    static String collection(String... features) {
        return "{\"type\":\"FeatureCollection\",\"attribution\":\"Somebody\",\"features\":[\n"
                + String.join(",\n", features) + "]}";
    }
}
