package io.framegate.map.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.ScriptedServer;
import io.framegate.client.cli.CommandRun;
import io.framegate.client.cli.ExitCode;
import io.framegate.map.message.Area;
import io.framegate.map.message.Direction;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.Height3DInfos;
import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Links;
import io.framegate.map.message.LoadHeight3DInfosByArea;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadNodesByMapId;
import io.framegate.map.message.LoadPassInfosByArea;
import io.framegate.map.message.LoadPolygon3DInfosByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.Nodes;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassInfos;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polygon3DInfos;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polygons;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.Polylines;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.RoofShape;
import io.framegate.map.message.Turn;
import io.framegate.message.ErrorResponse;
import io.framegate.message.RecordList;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class LoadCommandTest {

    private static final String AREA = "9.50,47.10,9.55,47.18";
    private static final int NOBODY = 1;

    private static final Links LINKS = new Links(RecordList.of(List.of(
            new Link(
                    4096,
                    3,
                    11,
                    12,
                    RoadClass.RESIDENTIAL,
                    Direction.BOTH,
                    (byte) 2,
                    (short) 50,
                    (byte) 0,
                    (byte) 12,
                    "Städtle \"Süd\"",
                    Points.differences(new int[] {95_000_001, 471_000_000, 95_000_011, 470_999_999})),
            new Link(
                    123456789012345L,
                    1,
                    12,
                    13,
                    RoadClass.MOTORWAY_LINK,
                    Direction.FORWARD,
                    (byte) 1,
                    (short) -1,
                    (byte) -1,
                    (byte) 7,
                    "evil\u001B[31m\nname",
                    Points.differences(new int[] {-1, 2, -1_800_000_000, 900_000_000, 1_800_000_000, -900_000_000})))));

    @Test
    void printsAnAlignedTable() throws Exception {
        var asked = new AtomicReference<LoadLinksByArea>();
        CommandRun run =
                answered(LoadLinksByArea.class, asked, LINKS, "load", "links", "--area", AREA, "--level", "12");
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals(
                new Area(Ellipsoid.WGS84, 12, 9.50, 47.10, 9.55, 47.18),
                asked.get().area());
        List<String> lines = run.out().lines().toList();
        assertEquals(3, lines.size(), run.out());
        int name = lines.get(0).indexOf("NAME");
        assertEquals("Städtle \"Süd\"", lines.get(1).substring(name));
        assertTrue(lines.get(2).startsWith("123456789012345  "), lines.get(2));
        assertTrue(lines.get(2).contains("motorway_link"), lines.get(2));
        assertFalse(run.out().contains("\u001B"), "a name must not steer the terminal");
        assertEquals(1, run.err().lines().count());
        assertTrue(
                run.err().matches("(?s)2 links, \\d+ bytes in \\d+ ms. Map data © OpenStreetMap contributors.\\R"),
                run.err());
    }

    @Test
    void writesExactGeoJson() throws Exception {
        JsonObject collection = geoJson(LoadLinksByArea.class, LINKS, "links");
        assertEquals("FeatureCollection", collection.getString("type"));
        assertEquals("© OpenStreetMap contributors", collection.getString("attribution"));
        JsonObject first = collection.getJsonArray("features").getJsonObject(0);
        assertEquals("Feature", first.getString("type"));
        assertEquals(4096, first.getJsonNumber("id").longValueExact());
        assertEquals("Städtle \"Süd\"", first.getJsonObject("properties").getString("name"));
        assertEquals(50, first.getJsonObject("properties").getInt("speedKmh"));
        assertEquals("LineString", first.getJsonObject("geometry").getString("type"));
        assertEquals(
                "[[9.5000001,47.1000000],[9.5000011,47.0999999]]",
                first.getJsonObject("geometry").getJsonArray("coordinates").toString());
        JsonObject second = collection.getJsonArray("features").getJsonObject(1);
        assertEquals("evil\u001B[31m\nname", second.getJsonObject("properties").getString("name"));
        JsonArray far = second.getJsonObject("geometry").getJsonArray("coordinates");
        assertEquals(-0.0000001, far.getJsonArray(0).getJsonNumber(0).doubleValue());
        assertEquals(-180, far.getJsonArray(1).getInt(0));
        assertEquals(180, far.getJsonArray(2).getInt(0));
        assertEquals(-90, far.getJsonArray(2).getInt(1));
    }

    @Test
    void closesRingsAndKeepsHolesWithTheirRing() throws Exception {
        var outer = new Polygon.Ring(false, Points.differences(new int[] {0, 0, 10, 0, 10, 10}));
        var hole = new Polygon.Ring(true, Points.differences(new int[] {2, 1, 3, 2, 3, 1}));
        var simple = new Polygon(1, 1, PolygonKind.WATER, (byte) 0, (byte) 9, "", List.of(outer, hole));
        var multi = new Polygon(2, 1, PolygonKind.FOREST, (byte) 0, (byte) 9, "", List.of(outer, hole, outer));
        JsonArray features = geoJson(
                        LoadPolygonsByArea.class, new Polygons(RecordList.of(List.of(simple, multi))), "polygons")
                .getJsonArray("features");

        JsonObject polygon = features.getJsonObject(0).getJsonObject("geometry");
        assertEquals("Polygon", polygon.getString("type"));
        assertEquals(2, polygon.getJsonArray("coordinates").size());
        JsonArray ring = polygon.getJsonArray("coordinates").getJsonArray(0);
        assertEquals(4, ring.size());
        assertEquals(ring.get(0), ring.get(3));

        JsonObject parts = features.getJsonObject(1).getJsonObject("geometry");
        assertEquals("MultiPolygon", parts.getString("type"));
        assertEquals(2, parts.getJsonArray("coordinates").getJsonArray(0).size());
        assertEquals(1, parts.getJsonArray("coordinates").getJsonArray(1).size());
    }

    @Test
    void loadsNodesOfAMapSheetIntoAFile(@TempDir Path directory) throws Exception {
        var node =
                new Node(5, 2, NodeKind.TRAFFIC_SIGNALS, 95_123_456, 471_234_567, (byte) 10, "Kreuz", List.of(4096L));
        var asked = new AtomicReference<LoadNodesByMapId>();
        Path file = directory.resolve("nodes.json");
        CommandRun run = answered(
                LoadNodesByMapId.class,
                asked,
                new Nodes(RecordList.of(List.of(node))),
                "load",
                "nodes",
                "--map",
                "N47E00905",
                "--format",
                "geojson",
                "--output",
                file.toString());
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals("N47E00905", asked.get().sheet().mapId());
        assertEquals("", run.out());
        JsonObject point =
                parse(Files.readString(file)).getJsonArray("features").getJsonObject(0);
        assertEquals("Point", point.getJsonObject("geometry").getString("type"));
        assertEquals(
                "[9.5123456,47.1234567]",
                point.getJsonObject("geometry").getJsonArray("coordinates").toString());
        assertEquals("traffic_signals", point.getJsonObject("properties").getString("kind"));
    }

    @Test
    void loadsPolylinesOnAnotherEllipsoid() throws Exception {
        var line = new Polyline(
                9, 1, PolylineKind.RIVER, (byte) 0, (byte) 8, "Rhein", Points.differences(new int[] {1, 2, 3, 4}));
        var asked = new AtomicReference<LoadPolylinesByArea>();
        CommandRun run = answered(
                LoadPolylinesByArea.class,
                asked,
                new Polylines(RecordList.of(List.of(line))),
                "load",
                "polylines",
                "--area",
                AREA,
                "--ellipsoid",
                "bessel");
        assertEquals(Ellipsoid.BESSEL_1841, asked.get().area().ellipsoid());
        assertTrue(run.out().contains("Rhein") && run.out().contains("river"), run.out());
    }

    @Test
    void showsATurnRuleAtItsNode() throws Exception {
        var rule = new PassInfo(
                50 * 4096,
                1,
                4096,
                7,
                List.of(8192L, 8193L),
                12288,
                PassRule.FORBIDDEN,
                Turn.U_TURN,
                95_000_001,
                471_000_000,
                (byte) 12,
                "",
                "psv",
                "22:00-06:00");
        JsonObject turn = geoJson(LoadPassInfosByArea.class, new PassInfos(RecordList.of(List.of(rule))), "turns")
                .getJsonArray("features")
                .getJsonObject(0);
        assertEquals(
                "[9.5000001,47.1000000]",
                turn.getJsonObject("geometry").getJsonArray("coordinates").toString());
        assertEquals("u_turn", turn.getJsonObject("properties").getString("turn"));
        assertEquals(
                List.of(8192, 8193),
                turn.getJsonObject("properties").getJsonArray("viaLinks").getValuesAs(JsonNumber::intValue));
        assertEquals("22:00-06:00", turn.getJsonObject("properties").getString("condition"));
    }

    @Test
    void printsHeightsInMetres() throws Exception {
        var building = new Polygon3DInfo(
                15,
                1,
                false,
                12.3f,
                HeightOrigin.MEASURED,
                0,
                HeightOrigin.DEFAULT,
                (short) 4,
                (short) 0,
                RoofShape.GABLED,
                2.25f,
                HeightOrigin.MEASURED,
                (short) 1,
                (byte) 13);
        var answer = new Polygon3DInfos(RecordList.of(List.of(building)));
        JsonObject shown = geoJson(LoadPolygon3DInfosByArea.class, answer, "buildings3d")
                .getJsonArray("features")
                .getJsonObject(0);
        assertTrue(shown.isNull("geometry"));
        assertEquals(
                "12.3",
                shown.getJsonObject("properties").getJsonNumber("heightM").toString());
        CommandRun table = answered(
                LoadPolygon3DInfosByArea.class, new AtomicReference<>(), answer, "load", "buildings3d", "--area", AREA);
        assertTrue(table.out().contains("12.3") && table.out().contains("gabled"), table.out());
        assertFalse(table.out().contains("LONGITUDE"), table.out());
    }

    @Test
    void showsTheHeightOfEachPointOfALine() throws Exception {
        var line = new Height3DInfo(
                4096, LineKind.LINK, 1, LevelOrigin.BRIDGE, (byte) 1, (byte) 7, new int[] {500, 0}, new int[] {
                    Height3DInfo.UNKNOWN, 45_500
                });
        CommandRun run = answered(
                LoadHeight3DInfosByArea.class,
                new AtomicReference<>(),
                new Height3DInfos(RecordList.of(List.of(line))),
                "load",
                "heights",
                "--area",
                AREA);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertTrue(run.out().contains("500 0") && run.out().contains("? 45500"), run.out());
    }

    @Test
    void saysThatThereIsNothing() throws Exception {
        CommandRun run = answered(
                LoadLinksByArea.class,
                new AtomicReference<>(),
                new Links(RecordList.of(List.of())),
                "load",
                "links",
                "--area",
                AREA);
        assertEquals(ExitCode.OK, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().startsWith("0 links, "), run.err());
    }

    @Test
    void passesOnTheServersNo() throws Exception {
        CommandRun run = answered(
                LoadLinksByArea.class,
                new AtomicReference<>(),
                new ErrorResponse("The map is still being loaded."),
                "load",
                "links",
                "--area",
                AREA);
        assertEquals("framegate: The map is still being loaded." + System.lineSeparator(), run.err());
        assertEquals(ExitCode.REFUSED, run.exitCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "load links                                             | --area",
                "load roads --area 9.5,47.1,9.6,47.2                    | roads",
                "load links --area 9.5,47.1,9.6                         | four numbers",
                "load links --area 9.5,47.1,east,47.2                   | four numbers",
                "load links --area 9.6,47.1,9.5,47.2                    | west before east",
                "load links --area 9.5,47.1,9.6,47.2 --level 21         | zoom level",
                "load links --map 12345678901234567890X                 | no map sheet",
                "load links --map N47E00905 --area 9.5,47.1,9.6,47.2    | mutually exclusive",
                "load links --map N47E00905 --ellipsoid bessel          | --ellipsoid",
                "load heights --map N47E00905                           | by area only",
                "load links --area 9.5,47.1,9.6,47.2 --format xml       | xml",
                "load links --area 9.5,47.1,9.6,47.2 --ellipsoid bessel --format geojson | RFC 7946",
                "load links --area 9.5,47.1,9.6,47.2 --output /nowhere/at/all.json | /nowhere/at"
            })
    void saysWhatIsWrongBeforeAnythingIsSent(String arguments, String words) {
        CommandRun run = CommandRun.of(NOBODY, arguments.strip().split("\\s+"));
        assertEquals(ExitCode.USAGE, run.exitCode(), run.err());
        assertTrue(run.err().startsWith("framegate: ") && run.err().contains(words), run.err());
    }

    private static JsonObject geoJson(Class<? extends Record> request, Record answer, String kind) throws Exception {
        CommandRun run =
                answered(request, new AtomicReference<>(), answer, "load", kind, "--area", AREA, "--format", "geojson");
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        return parse(run.out());
    }

    private static JsonObject parse(String text) {
        try (var json = Json.createReader(new StringReader(text))) {
            return json.readObject();
        }
    }

    private static <Q extends Record> CommandRun answered(
            Class<? extends Q> request, AtomicReference<Q> asked, Record answer, String... args) throws Exception {
        try (var server = ScriptedServer.start(conversation -> {
            asked.set(conversation.read().as(request));
            conversation.write(answer);
        })) {
            return CommandRun.of(server.port(), args);
        }
    }
}
