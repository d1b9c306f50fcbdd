package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Direction;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a few elements, made by hand, once they are in the database. */
class SmallFilesTest {

    private static final TestDatabase DATABASE = TestDatabase.create();

    @TempDir
    private Path directory;

    private int brokenAreas;

    @BeforeAll
    static void migrate() {
        MapSchema.migrate(DATABASE.dataSource());
    }

    @Test
    void splitsRoadsAtTheNodesTheyShare() throws Exception {
        // 1─2─3─4 along, 5─3─6 across: only 3 is shared inside.
        StoredFeatures map = load(nodes(6).way(10, new long[] {1, 2, 3, 4}, "highway", "primary", "name", "Along")
                .way(11, new long[] {5, 3, 6}, "highway", "residential"));

        assertEquals(
                List.of(10 * 4096L, 10 * 4096L + 1, 11 * 4096L, 11 * 4096L + 1),
                map.links().stream().map(Link::id).toList());
        Link first = map.links().get(0);
        assertEquals(1, first.fromNode());
        assertEquals(3, first.toNode());
        assertEquals(RoadClass.PRIMARY, first.roadClass());
        assertEquals("Along", first.name());
        assertArrayEquals(new int[] {10_000_000, 0, 20_000_000, 0, 30_000_000, 0}, Points.absolute(first.points()));
        assertEquals(
                List.of(1L, 3L, 4L, 5L, 6L), map.nodes().stream().map(Node::id).toList());
        Node shared = map.nodes().get(1);
        assertEquals(List.of(40960L, 40961L, 45056L, 45057L), shared.links());
        assertEquals(7, shared.minZoom(), "shown as soon as the primary road is");
        assertEquals(30_000_000, shared.longitudeE7());
    }

    @Test
    void splitsARoadWhereItMeetsItself() throws Exception {
        StoredFeatures map = load(nodes(4).way(10, new long[] {1, 2, 3, 4, 2}, "highway", "track"));

        assertEquals(2, map.links().size());
        assertEquals(2, map.links().get(0).toNode());
        assertEquals(2, map.links().get(1).fromNode());
        assertEquals(2, map.links().get(1).toNode());
        // The loop begins and ends at 2, but is one link.
        assertEquals(List.of(40960L, 40961L), map.nodes().get(1).links());
    }

    @Test
    void takesAClosedRoadAsOneLink() throws Exception {
        StoredFeatures map =
                load(nodes(3).way(10, new long[] {1, 2, 3, 1}, "highway", "service", "junction", "roundabout"));

        assertEquals(1, map.links().size());
        assertEquals(Direction.FORWARD, map.links().get(0).direction());
        assertTrue(map.polygons().isEmpty());
    }

    @Test
    void readsWhatTheTagsOfARoadSay() throws Exception {
        StoredFeatures map = load(nodes(2).way(
                        10, new long[] {1, 2}, "highway", "motorway", "maxspeed", "none", "lanes", "4", "ref", "A13")
                .way(11, new long[] {1, 2}, "highway", "service", "oneway", "-1", "maxspeed", "30 mph", "layer", "-2")
                .way(
                        12,
                        new long[] {1, 2},
                        "highway",
                        "busway",
                        "oneway",
                        "yes",
                        "maxspeed",
                        "CH:urban",
                        "lanes",
                        "2;3")
                .way(13, new long[] {1, 2}, "highway", "proposed"));

        Link motorway = map.links().get(0);
        assertEquals(Direction.FORWARD, motorway.direction());
        assertEquals(-1, motorway.speedKmh());
        assertEquals(4, motorway.lanes());
        assertEquals("A13", motorway.name());
        assertEquals(5, motorway.minZoom());
        Link backward = map.links().get(1);
        assertEquals(Direction.BACKWARD, backward.direction());
        assertEquals(48, backward.speedKmh());
        assertEquals(-2, backward.layer());
        Link other = map.links().get(2);
        assertEquals(RoadClass.OTHER, other.roadClass());
        assertEquals(Direction.FORWARD, other.direction());
        assertEquals(0, other.speedKmh());
        assertEquals(0, other.lanes());
        assertEquals(3, map.links().size(), "what is only proposed is no road");
    }

    @Test
    void tellsWhatStandsAtANode() throws Exception {
        StoredFeatures map = load(new PbfBuilder()
                .node(1, 1, 0, "highway", "motorway_junction", "name", "Vaduz", "ref", "10")
                .node(2, 2, 0, "railway", "level_crossing")
                .node(3, 3, 0, "barrier", "bollard")
                .node(4, 4, 0, "shop", "kiosk", "name", "Kiosk")
                .way(10, new long[] {1, 2}, "highway", "service")
                .way(11, new long[] {3, 4}, "highway", "service"));

        assertEquals(
                List.of(NodeKind.MOTORWAY_JUNCTION, NodeKind.LEVEL_CROSSING, NodeKind.BARRIER, NodeKind.PLAIN),
                map.nodes().stream().map(Node::kind).toList());
        assertEquals(
                List.of("Vaduz", "", "", ""),
                map.nodes().stream().map(Node::name).toList());
    }

    @Test
    void cutsARoadWhereTheExtractEnds() throws Exception {
        // 9 is not in the file.
        StoredFeatures map = load(nodes(4).way(10, new long[] {1, 2, 9, 3, 4}, "highway", "track"));

        assertEquals(2, map.links().size());
        assertEquals(2, map.links().get(0).toNode());
        assertEquals(3, map.links().get(1).fromNode());
        assertEquals(4, map.nodes().size());
    }

    @Test
    void tellsAreasFromLines() throws Exception {
        long[] ring = {1, 2, 3, 1};
        StoredFeatures map = load(triangle()
                .way(10, ring, "building", "yes")
                .way(11, ring, "highway", "pedestrian", "area", "yes")
                .way(12, ring, "barrier", "fence")
                .way(13, ring, "natural", "coastline", "place", "islet")
                .way(14, ring, "leisure", "park", "area", "no")
                .way(15, new long[] {1, 2, 3}, "waterway", "stream", "name", "Rietbach"));

        assertEquals(
                List.of(PolygonKind.BUILDING, PolygonKind.SQUARE, PolygonKind.ISLAND),
                map.polygons().stream().map(Polygon::kind).toList());
        assertEquals(
                List.of(20L, 22L, 26L), map.polygons().stream().map(Polygon::id).toList());
        assertEquals(
                List.of(PolylineKind.BARRIER, PolylineKind.COASTLINE, PolylineKind.STREAM),
                map.polylines().stream().map(Polyline::kind).toList());
        assertEquals("Rietbach", map.polylines().get(2).name());
        assertTrue(map.links().isEmpty());
    }

    @Test
    void turnsRingsTheRightWay() throws Exception {
        // Clockwise as drawn.
        StoredFeatures map = load(triangle().way(10, new long[] {1, 3, 2, 1}, "landuse", "forest"));

        Polygon.Ring ring = map.polygons().get(0).rings().get(0);
        assertTrue(area(ring) > 0);
        assertEquals(3 * 2, ring.points().length, "the first point is not repeated");
    }

    @Test
    void assemblesSeveralOutersAndHolesWhateverTheirRoles() throws Exception {
        // A square of 10° whose sides are two ways, with a hole that touches it in node 1, an island in the hole,
        // and another square beside it. The sides are given in disorder and against each other.
        StoredFeatures map = load(new PbfBuilder()
                .node(1, 0, 0)
                .node(2, 10, 0)
                .node(3, 10, 10)
                .node(4, 0, 10)
                .node(5, 8, 1)
                .node(6, 8, 8)
                .node(7, 1, 8)
                .node(8, 4, 4)
                .node(9, 5, 4)
                .node(10, 5, 5)
                .node(11, 20, 0)
                .node(12, 22, 0)
                .node(13, 22, 2)
                .node(14, 20, 2)
                .way(20, new long[] {1, 2, 3})
                .way(21, new long[] {1, 4, 3})
                .way(22, new long[] {1, 5, 6, 7, 1})
                .way(23, new long[] {8, 9, 10, 8})
                .way(24, new long[] {11, 12, 13, 14, 11})
                .relation(30, new long[] {23, 20, 24, 22, 21}, "type", "multipolygon", "natural", "water"));

        Polygon polygon = map.polygons().get(0);
        assertEquals(61, polygon.id());
        assertEquals(0, brokenAreas);
        List<Boolean> holes = polygon.rings().stream().map(Polygon.Ring::hole).toList();
        assertEquals(List.of(false, true, false, false), holes);
        assertEquals(100e14, area(polygon.rings().get(0)), 1);
        assertTrue(area(polygon.rings().get(1)) < 0, "holes run clockwise");
        assertEquals(4e14, area(polygon.rings().get(2)), 1);
        assertEquals(0.5e14, area(polygon.rings().get(3)), 1);
    }

    @Test
    void takesRingsThatTouchApart() throws Exception {
        // One way that comes by node 1 twice: two triangles.
        StoredFeatures map = load(new PbfBuilder()
                .node(1, 0, 0)
                .node(2, 1, 0)
                .node(3, 1, 1)
                .node(4, -1, 0)
                .node(5, -1, -1)
                .way(10, new long[] {1, 2, 3, 1, 4, 5, 1}, "natural", "water"));

        assertEquals(2, map.polygons().get(0).rings().size());
        assertTrue(map.polygons().get(0).rings().stream().allMatch(ring -> !ring.hole() && area(ring) > 0));
    }

    @Test
    void skipsAndCountsOpenAreas() throws Exception {
        StoredFeatures map = load(triangle()
                .way(10, new long[] {1, 2}, "highway", "track")
                .way(11, new long[] {2, 3})
                .relation(30, new long[] {10, 11}, "type", "multipolygon", "natural", "water")
                .relation(31, new long[] {10, 11, 99}, "type", "boundary", "boundary", "administrative")
                .relation(32, new long[] {10}, "type", "route"));

        assertTrue(map.polygons().isEmpty());
        assertEquals(2, brokenAreas);
        assertEquals(1, map.links().size(), "the rest is loaded");
    }

    @Test
    void takesNoNulFromTexts() throws Exception {
        StoredFeatures map = load(nodes(2).way(10, new long[] {1, 2}, "highway", "path", "name", "a\0b"));

        assertEquals("ab", map.links().get(0).name());
    }

    private StoredFeatures load(PbfBuilder file) throws Exception {
        brokenAreas = new MapLoader(DATABASE.dataSource(), LoadProgress.silent())
                .load(file.write(directory), "small")
                .brokenAreas();
        return StoredFeatures.in(DATABASE.dataSource());
    }

    /** Nodes 1, 2, 3 … at 1°, 2°, 3° east on the equator. */
    private static PbfBuilder nodes(int count) {
        PbfBuilder file = new PbfBuilder();
        for (int id = 1; id <= count; id++) {
            file.node(id, id, 0);
        }
        return file;
    }

    /** Nodes 1, 2, 3, counter-clockwise. */
    private static PbfBuilder triangle() {
        return new PbfBuilder().node(1, 0, 0).node(2, 1, 0).node(3, 0, 1);
    }

    /** By the shoelace formula, in square units; positive for counter-clockwise. */
    private static double area(Polygon.Ring ring) {
        int[] units = Points.absolute(ring.points());
        double twice = 0;
        for (int i = 0; i < units.length; i += 2) {
            int next = (i + 2) % units.length;
            twice += (double) units[i] * units[next + 1] - (double) units[next] * units[i + 1];
        }
        return twice / 2;
    }
}
