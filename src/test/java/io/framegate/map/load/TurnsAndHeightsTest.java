package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.LevelOrigin;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.RoofShape;
import io.framegate.map.message.Turn;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of restrictions, buildings, bridges and tunnels, made by hand, once they are in the database. */
class TurnsAndHeightsTest {

    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final long PIECES = 4096;

    @TempDir
    private Path directory;

    private int brokenTurns;

    @BeforeAll
    static void migrate() {
        MapSchema.migrate(DATABASE.dataSource());
    }

    @Test
    void findsTheLinksThatMeetAtTheNode() throws Exception {
        // 10 runs 1─2─3, split at 2 by 12; 11 goes on from 3 to 4, and 13 from 3 to 5.
        List<PassInfo> rules = turns(nodes(6).way(10, new long[] {1, 2, 3}, "highway", "primary")
                .way(11, new long[] {3, 4}, "highway", "service")
                .way(12, new long[] {2, 6}, "highway", "primary")
                .way(13, new long[] {3, 5}, "highway", "primary")
                .members(
                        50,
                        List.of("way 10 from", "node 3 via", "way 11 to"),
                        "type",
                        "restriction",
                        "restriction",
                        "no_left_turn",
                        "except",
                        "bicycle;psv"));

        assertEquals(
                List.of(new PassInfo(
                        50 * PIECES,
                        1,
                        10 * PIECES + 1,
                        3,
                        List.of(),
                        11 * PIECES,
                        PassRule.FORBIDDEN,
                        Turn.LEFT,
                        30_000_000,
                        0,
                        (byte) 14,
                        "",
                        "bicycle;psv",
                        "")),
                rules);
        assertEquals(0, brokenTurns);
    }

    @Test
    void usesTheDrivablePieceOfAWay() throws Exception {
        // Both ways go on beyond 2, but are one-way.
        List<PassInfo> rules = turns(nodes(5).way(10, new long[] {1, 2, 3}, "highway", "primary", "oneway", "yes")
                .way(11, new long[] {4, 2, 5}, "highway", "primary", "oneway", "-1")
                .members(
                        50,
                        List.of("way 10 from", "node 2 via", "way 11 to"),
                        "type",
                        "restriction",
                        "restriction",
                        "only_right_turn"));

        assertEquals(1, rules.size());
        assertEquals(10 * PIECES, rules.get(0).fromLink());
        assertEquals(11 * PIECES, rules.get(0).toLink());
        assertEquals(PassRule.ONLY, rules.get(0).rule());
        assertEquals(Turn.RIGHT, rules.get(0).turn());
    }

    @Test
    void followsTheWaysBetween() throws Exception {
        // Two carriageways, 1→2→3 and 6→5→4, and a crossing 2─7─5 that a path splits at 7.
        List<PassInfo> rules = turns(nodes(8).way(10, new long[] {1, 2}, "highway", "primary", "oneway", "yes")
                .way(11, new long[] {2, 3}, "highway", "primary", "oneway", "yes")
                .way(12, new long[] {6, 5}, "highway", "primary", "oneway", "yes")
                .way(13, new long[] {5, 4}, "highway", "primary", "oneway", "yes")
                .way(14, new long[] {2, 7, 5}, "highway", "service")
                .way(15, new long[] {7, 8}, "highway", "path")
                .members(
                        50,
                        List.of("way 10 from", "way 14 via", "way 13 to"),
                        "type",
                        "restriction",
                        "restriction",
                        "no_u_turn"));

        assertEquals(1, rules.size());
        PassInfo rule = rules.get(0);
        assertEquals(10 * PIECES, rule.fromLink());
        assertEquals(2, rule.viaNode());
        assertEquals(List.of(14 * PIECES, 14 * PIECES + 1), rule.viaLinks());
        assertEquals(13 * PIECES, rule.toLink());
        assertEquals(Turn.U_TURN, rule.turn());
    }

    @Test
    void makesRulesForAllPairsOfMembers() throws Exception {
        List<PassInfo> rules = turns(nodes(4).way(10, new long[] {1, 2}, "highway", "primary")
                .way(11, new long[] {3, 2}, "highway", "primary")
                .way(12, new long[] {2, 4}, "highway", "primary")
                .members(
                        50,
                        List.of("way 10 from", "way 11 from", "node 2 via", "way 12 to"),
                        "type",
                        "restriction",
                        "restriction:hgv",
                        "no_entry",
                        "restriction:conditional",
                        "no_entry @ (Mo-Fr 07:00-09:00; PH off); only_straight_on @ wet"));

        assertEquals(
                List.of("FORBIDDEN ENTRY  Mo-Fr 07:00-09:00; PH off", "ONLY STRAIGHT  wet", "FORBIDDEN ENTRY hgv "),
                rules.subList(0, 3).stream()
                        .map(rule -> rule.rule() + " " + rule.turn() + " " + rule.vehicles() + " " + rule.condition())
                        .toList());
        assertEquals(
                List.of(10L, 10L, 10L, 11L, 11L, 11L),
                rules.stream().map(rule -> rule.fromLink() / PIECES).toList());
        assertEquals(6, rules.stream().map(PassInfo::id).distinct().count());
    }

    @Test
    void countsTheRulesThatAreNotClear() throws Exception {
        PbfBuilder file = nodes(5).way(10, new long[] {1, 2, 3}, "highway", "primary")
                .way(11, new long[] {2, 4}, "highway", "primary")
                .way(12, new long[] {4, 5}, "railway", "rail");
        String[][] members = {
            // The way goes on in both directions.
            {"way 10 from", "node 2 via", "way 11 to"},
            // No member of that way is in the file.
            {"way 11 from", "node 2 via", "way 99 to"},
            // It does not touch the node.
            {"way 10 from", "node 4 via", "way 11 to"},
            // It is no road.
            {"way 11 from", "node 4 via", "way 12 to"},
            // Nobody says where.
            {"way 10 from", "way 11 to"}
        };
        for (int i = 0; i < members.length; i++) {
            file.members(50 + i, List.of(members[i]), "type", "restriction", "restriction", "no_left_turn");
        }
        file.members(
                70,
                List.of("way 10 from", "node 3 via", "way 10 to"),
                "type",
                "restriction",
                "restriction",
                "no_such_turn");

        assertEquals(List.of(), turns(file));
        assertEquals(6, brokenTurns);
    }

    @Test
    @Timeout(30)
    void givesUpOnANetOfWaysBetween() throws Exception {
        // Every node joined to every other: more routes than anybody could walk.
        PbfBuilder file = nodes(14)
                .way(10, new long[] {1, 2}, "highway", "primary")
                .way(11, new long[] {13, 14}, "highway", "primary");
        List<String> members = new ArrayList<>(List.of("way 10 from", "way 11 to"));
        for (int a = 2; a <= 12; a++) {
            for (int b = a + 1; b <= 12; b++) {
                long way = 100L * a + b;
                file.way(way, new long[] {a, b}, "highway", "service");
                members.add("way " + way + " via");
            }
        }
        file.members(50, members, "type", "restriction", "restriction", "no_u_turn");

        assertEquals(List.of(), turns(file));
        assertEquals(1, brokenTurns);
    }

    @Test
    void usesTheLevelFarthestFromTheGround() throws Exception {
        List<Height3DInfo> heights = load(nodes(5).way(10, new long[] {1, 3}, "highway", "primary", "layer", "1")
                        .way(11, new long[] {3, 2}, "highway", "primary", "layer", "-2")
                        .way(12, new long[] {3, 4}, "highway", "primary", "layer", "2")
                        .way(13, new long[] {5, 3}, "highway", "primary"))
                .heights3D();

        assertArrayEquals(new int[] {500, 1000}, heights.get(0).heightsCm());
        assertArrayEquals(new int[] {1000, -1000}, heights.get(1).heightsCm());
        assertArrayEquals(new int[] {1000, 1000}, heights.get(2).heightsCm());
        assertArrayEquals(new int[] {0, 1000}, heights.get(3).heightsCm());
    }

    @Test
    void tellsMeasuredHeightsFromDerivedOnes() throws Exception {
        assertBuilding(12.5f, HeightOrigin.MEASURED, 0, HeightOrigin.DEFAULT, "height", "12.5 m");
        assertBuilding(3.2004f, HeightOrigin.MEASURED, 0, HeightOrigin.DEFAULT, "height", "10'6\"");
        assertBuilding(12, HeightOrigin.LEVELS, 0, HeightOrigin.DEFAULT, "building:levels", "3", "roof:levels", "1");
        assertBuilding(
                20,
                HeightOrigin.MEASURED,
                9,
                HeightOrigin.LEVELS,
                "height",
                "20",
                "building:levels",
                "5",
                "building:min_level",
                "3");
        assertBuilding(10, HeightOrigin.DEFAULT, 4, HeightOrigin.MEASURED, "min_height", "4", "height", "tall");
        assertBuilding(5, HeightOrigin.MEASURED, 0, HeightOrigin.DEFAULT, "min_height", "5", "height", "5");
        assertBuilding(6, HeightOrigin.DEFAULT, 0, HeightOrigin.DEFAULT, "building:levels", "EG");
    }

    @Test
    void readsTheRestOfABuilding() throws Exception {
        Polygon3DInfo part = building(
                "building:part",
                "yes",
                "building:levels",
                "2.5",
                "roof:shape",
                "half-hipped",
                "roof:height",
                "2.25",
                "roof:levels",
                "1");
        assertTrue(part.part());
        assertEquals(3, part.levels());
        assertEquals(RoofShape.HALF_HIPPED, part.roofShape());
        assertEquals(2.25f, part.roofHeightM());
        assertEquals(HeightOrigin.MEASURED, part.roofHeightOrigin());
        assertEquals(1, part.roofLevels());
        assertEquals(9.75f, part.heightM());
        assertEquals(20, part.id());
    }

    @Test
    void liftsBridgesAndTheEndsOfTheirNeighbours() throws Exception {
        // A road 1─2─3, its bridge 3─4─5 of two levels, and the road on, 5─6; a path lies elsewhere.
        List<Height3DInfo> heights = load(nodes(8).way(10, new long[] {1, 2, 3}, "highway", "primary")
                        .way(11, new long[] {3, 4, 5}, "highway", "primary", "bridge", "yes", "layer", "2")
                        .way(12, new long[] {5, 6}, "highway", "primary")
                        .way(13, new long[] {7, 8}, "highway", "path"))
                .heights3D();

        assertEquals(
                List.of(10L, 11L, 12L),
                heights.stream().map(line -> line.id() / PIECES).toList());
        assertArrayEquals(new int[] {0, 0, 1000}, heights.get(0).heightsCm());
        assertEquals(LevelOrigin.NEIGHBOUR, heights.get(0).levelOrigin());
        assertArrayEquals(new int[] {1000, 1000, 1000}, heights.get(1).heightsCm());
        assertEquals(LevelOrigin.LAYER, heights.get(1).levelOrigin());
        assertEquals(2, heights.get(1).level());
        assertArrayEquals(new int[] {1000, 0}, heights.get(2).heightsCm());
        assertArrayEquals(new int[] {}, heights.get(2).elevationsCm());
    }

    @Test
    void bridgesWithoutLayerAreOneLevelUp() throws Exception {
        List<Height3DInfo> heights = load(nodes(6).way(10, new long[] {1, 2}, "railway", "rail", "bridge", "viaduct")
                        .way(11, new long[] {3, 4}, "waterway", "stream", "tunnel", "culvert")
                        .way(12, new long[] {5, 6}, "highway", "path", "bridge", "no"))
                .heights3D();

        assertEquals(2, heights.size());
        assertEquals(LineKind.POLYLINE, heights.get(0).kind());
        assertArrayEquals(new int[] {500, 500}, heights.get(0).heightsCm());
        assertEquals(LevelOrigin.BRIDGE, heights.get(0).levelOrigin());
        assertArrayEquals(new int[] {-500, -500}, heights.get(1).heightsCm());
        assertEquals(LevelOrigin.TUNNEL, heights.get(1).levelOrigin());
    }

    @Test
    void interpolatesElevationsBetweenThePointsThatHaveOne() throws Exception {
        PbfBuilder file = new PbfBuilder()
                .node(1, 1, 0)
                .node(2, 2, 0, "ele", "440")
                .node(3, 3, 0)
                .node(4, 5, 0, "ele", "443.5")
                .way(10, new long[] {1, 2, 3, 4}, "highway", "path");

        Height3DInfo line = load(file).heights3D().get(0);
        assertArrayEquals(new int[] {Height3DInfo.UNKNOWN, 44_000, 44_117, 44_350}, line.elevationsCm());
        assertArrayEquals(new int[4], line.heightsCm());
        assertEquals(LevelOrigin.GROUND, line.levelOrigin());
    }

    private void assertBuilding(
            float heightM, HeightOrigin origin, float minHeightM, HeightOrigin minOrigin, String... tags)
            throws Exception {
        String[] all = new String[tags.length + 2];
        System.arraycopy(tags, 0, all, 2, tags.length);
        all[0] = "building";
        all[1] = "yes";
        Polygon3DInfo heights = building(all);
        assertEquals(heightM, heights.heightM(), 1e-5f);
        assertEquals(origin, heights.heightOrigin());
        assertEquals(minHeightM, heights.minHeightM());
        assertEquals(minOrigin, heights.minHeightOrigin());
    }

    private Polygon3DInfo building(String... tags) throws Exception {
        PbfBuilder file =
                new PbfBuilder().node(1, 0, 0).node(2, 0, 1).node(3, 1, 1).way(10, new long[] {1, 2, 3, 1}, tags);
        return load(file).polygons3D().get(0);
    }

    private List<PassInfo> turns(PbfBuilder file) throws Exception {
        return load(file).passInfos();
    }

    private StoredFeatures load(PbfBuilder file) throws Exception {
        brokenTurns = new MapLoader(DATABASE.dataSource(), LoadProgress.silent())
                .load(file.write(directory), "small")
                .brokenTurns();
        return StoredFeatures.in(DATABASE.dataSource());
    }

    /** Nodes from 1 on, each at its own degree of longitude. */
    private static PbfBuilder nodes(int count) {
        PbfBuilder file = new PbfBuilder();
        for (int i = 1; i <= count; i++) {
            file.node(i, i, 0);
        }
        return file;
    }
}
