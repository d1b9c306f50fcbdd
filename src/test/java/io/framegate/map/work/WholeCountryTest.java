package io.framegate.map.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.map.MapSettingsFixture;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Direction;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.HeightOrigin;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon3DInfo;
import io.framegate.map.message.Polyline;
import io.framegate.map.store.FeatureKind;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.message.Compression;
import io.framegate.message.RecordList;
import io.framegate.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The whole of Liechtenstein, kind by kind: what is answered equals what the file holds. The file is read by
 * {@link OsmContents}, and what is to be expected of it is worked out here once more, in other words than the importer's.
 */
class WholeCountryTest {

    private static final Path FILE = Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf");
    private static final TestDatabase DATABASE = TestDatabase.create();
    private static final long PIECES = 4096;

    /** The unit, and what a double loses on the way to it. */
    private static final double TOLERANCE_DEGREES = 1.0001e-7;

    private static OsmContents file;
    private static MapReader map;
    /** Expected, by the id of the link: the nodes along it. */
    private static Map<Long, List<Long>> pieces;

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE.dataSource());
        new MapLoader(DATABASE.dataSource(), LoadProgress.silent()).load(FILE, "liechtenstein");
        map = new MapReader(
                MapSettingsFixture.of("liechtenstein", Optional.empty()),
                MapPersistenceFixture.queries(DATABASE.dataSource()),
                MapPersistenceFixture.versions(DATABASE.dataSource()),
                () -> Compression.ZLIB);
        file = OsmContents.of(FILE);
        pieces = pieces();
    }

    @Test
    void answersEveryPieceOfRoadBetweenSharedNodes() {
        Map<Long, Link> links = answered(FeatureKind.LINKS, Link.class, Link::id);
        assertEquals(pieces.keySet(), links.keySet());
        pieces.forEach((id, nodes) -> {
            Link link = links.get(id);
            assertEquals(nodes.get(0), link.fromNode());
            assertEquals(nodes.get(nodes.size() - 1), link.toNode());
            assertAlong(nodes, Points.absolute(link.points()), "link " + id);
        });
    }

    @Test
    void answersEveryNodeWithItsLinks() {
        Map<Long, TreeSet<Long>> expected = new TreeMap<>();
        pieces.forEach((id, nodes) -> {
            expected.computeIfAbsent(nodes.get(0), node -> new TreeSet<>()).add(id);
            expected.computeIfAbsent(nodes.get(nodes.size() - 1), node -> new TreeSet<>())
                    .add(id);
        });
        Map<Long, Node> nodes = answered(FeatureKind.NODES, Node.class, Node::id);
        assertEquals(expected.keySet(), nodes.keySet());
        expected.forEach((id, links) -> {
            Node node = nodes.get(id);
            assertEquals(new ArrayList<>(links), node.links());
            assertAlong(List.of(id), new int[] {node.longitudeE7(), node.latitudeE7()}, "node " + id);
        });
    }

    @Test
    void answersEveryAreaWithAllItsCorners() {
        Map<Long, Set<Long>> expected = areas();
        Map<Long, Polygon> polygons = answered(FeatureKind.POLYGONS, Polygon.class, Polygon::id);
        assertEquals(expected.keySet(), polygons.keySet());
        expected.forEach((id, nodes) -> {
            Set<Long> corners = new HashSet<>();
            for (Polygon.Ring ring : polygons.get(id).rings()) {
                int[] units = Points.absolute(ring.points());
                for (int i = 0; i < units.length; i += 2) {
                    corners.add(place(units[i], units[i + 1]));
                }
            }
            assertEquals(
                    nodes.stream().map(WholeCountryTest::place).collect(Collectors.toSet()), corners, "polygon " + id);
        });
    }

    @Test
    void answersEveryOtherLine() {
        Map<Long, List<Long>> expected = lines();
        Map<Long, Polyline> lines = answered(FeatureKind.POLYLINES, Polyline.class, Polyline::id);
        assertEquals(expected.keySet(), lines.keySet());
        expected.forEach(
                (id, nodes) -> assertAlong(nodes, Points.absolute(lines.get(id).points()), "polyline " + id));
    }

    @Test
    void answersEveryClearTurnRestriction() {
        Map<Long, Link> links = answered(FeatureKind.LINKS, Link.class, Link::id);
        Map<String, Integer> expected = new TreeMap<>();
        Set<Long> viaWays = new TreeSet<>();
        int unclear = 0;
        for (OsmContents.Relation relation : file.relations().values()) {
            if (!"restriction".equals(relation.tags().get("type"))) {
                continue;
            }
            if (relation.ids("NODE", "via").isEmpty()) {
                viaWays.add(relation.id());
                continue;
            }
            long via = relation.ids("NODE", "via").get(0);
            for (long from : relation.ids("WAY", "from")) {
                for (long to : relation.ids("WAY", "to")) {
                    List<Long> arriving = meeting(from, via, links, true);
                    List<Long> leaving = meeting(to, via, links, false);
                    if (arriving.size() == 1 && leaving.size() == 1) {
                        String turn = relation.id() + ": " + arriving.get(0) + " " + via + " " + leaving.get(0);
                        int statements = (int) relation.tags().keySet().stream()
                                .filter(key -> key.startsWith("restriction"))
                                .count();
                        expected.put(turn, statements);
                    } else {
                        unclear++;
                    }
                }
            }
        }
        Map<String, Integer> found = new TreeMap<>();
        int overWays = 0;
        for (PassInfo rule :
                answered(FeatureKind.PASS_INFOS, PassInfo.class, PassInfo::id).values()) {
            assertAlong(
                    List.of(rule.viaNode()), new int[] {rule.longitudeE7(), rule.latitudeE7()}, "rule " + rule.id());
            if (viaWays.contains(rule.id() / PIECES)) {
                assertLeadsOver(file.relations().get(rule.id() / PIECES), rule, links);
                overWays++;
            } else {
                found.merge(
                        rule.id() / PIECES + ": " + rule.fromLink() + " " + rule.viaNode() + " " + rule.toLink(),
                        1,
                        Integer::sum);
            }
        }
        System.out.printf(
                "Measured: %d turns at a node, %d over ways; %d at a node are unclear, %d over ways.%n",
                found.values().stream().mapToInt(Integer::intValue).sum(),
                overWays,
                unclear,
                viaWays.size() - overWays);
        assertEquals(expected, found);
        assertTrue(found.size() > 80 && unclear <= 5 && viaWays.size() - overWays <= 5);
    }

    @Test
    void answersAHeightForEveryBuilding() {
        Set<Long> expected = areas().keySet().stream()
                .filter(id -> is(tagsOfArea(id), "building") || is(tagsOfArea(id), "building:part"))
                .collect(Collectors.toCollection(TreeSet::new));
        Map<Long, Polygon3DInfo> heights =
                answered(FeatureKind.POLYGON_3D_INFOS, Polygon3DInfo.class, Polygon3DInfo::id);
        assertEquals(expected, heights.keySet());
        Map<HeightOrigin, Integer> origins = new TreeMap<>();
        heights.forEach((id, building) -> {
            Map<String, String> tags = tagsOfArea(id);
            origins.merge(building.heightOrigin(), 1, Integer::sum);
            String height = tags.getOrDefault("height", "");
            String levels = tags.getOrDefault("building:levels", "");
            if (height.matches("[1-9]\\d*(\\.\\d+)?")) {
                assertEquals(HeightOrigin.MEASURED, building.heightOrigin(), "polygon " + id);
                assertEquals(Float.parseFloat(height), building.heightM(), "polygon " + id);
            } else if (height.isEmpty()
                    && levels.matches("[1-9]\\d?")
                    && !tags.toString().contains("roof:")) {
                assertEquals(HeightOrigin.LEVELS, building.heightOrigin(), "polygon " + id);
                assertEquals(3f * Integer.parseInt(levels), building.heightM(), "polygon " + id);
            } else if (height.isEmpty() && levels.isEmpty() && !tags.toString().contains("min_")) {
                assertEquals(HeightOrigin.DEFAULT, building.heightOrigin(), "polygon " + id);
                assertEquals(6f, building.heightM(), "polygon " + id);
            }
        });
        System.out.println("Measured: heights of buildings by origin: " + origins);
    }

    @Test
    void answersHeightsOfAllRaisedLines() {
        Map<Long, List<Long>> lines = lines();
        Set<Long> lifted = new HashSet<>();
        for (OsmContents.Way way : file.ways().values()) {
            if ((isRoad(way.tags()) || isLine(way.tags())) && level(way.tags()) != 0) {
                lifted.addAll(way.nodes());
            }
        }
        Predicate<List<Long>> touched = nodes -> lifted.contains(nodes.get(0))
                || lifted.contains(nodes.get(nodes.size() - 1))
                || nodes.stream().anyMatch(node -> file.nodes().get(node).tags().containsKey("ele"));
        Set<String> expected = new TreeSet<>();
        pieces.forEach((id, nodes) -> {
            if (level(file.ways().get(id / PIECES).tags()) != 0 || touched.test(nodes)) {
                expected.add("LINK " + id);
            }
        });
        lines.forEach((id, nodes) -> {
            if (level(file.ways().get(id).tags()) != 0 || touched.test(nodes)) {
                expected.add("POLYLINE " + id);
            }
        });
        List<Height3DInfo> heights = decode(FeatureKind.HEIGHT_3D_INFOS, Height3DInfo.class);
        assertEquals(
                expected,
                heights.stream()
                        .map(line -> line.kind() + " " + line.id())
                        .collect(Collectors.toCollection(TreeSet::new)));
        for (Height3DInfo line : heights) {
            boolean link = line.kind() == LineKind.LINK;
            List<Long> nodes = link ? pieces.get(line.id()) : lines.get(line.id());
            int level =
                    level(file.ways().get(link ? line.id() / PIECES : line.id()).tags());
            assertEquals(level, line.level());
            assertEquals(nodes.size(), line.heightsCm().length);
            for (int i = 1; i < nodes.size() - 1; i++) {
                assertEquals(500 * level, line.heightsCm()[i]);
            }
            assertTrue(Math.abs(line.heightsCm()[0]) >= Math.abs(500 * level));
        }
    }

    @Test
    void sendsLittleOfACountryAtLoadTypeFive() {
        Area country = new Area(Ellipsoid.WGS84, 5, 9.4, 47.0, 9.7, 47.3);
        int features = 0;
        int bytes = 0;
        for (FeatureKind kind : FeatureKind.values()) {
            RecordList<Link> found = map.byArea(kind, country);
            features += found.size();
            bytes += found.bytes().length;
        }
        System.out.printf("Measured: the country at load type 5 is %d features in %d bytes.%n", features, bytes);
        assertTrue(features > 0 && features < 500 && bytes < 200_000, features + " features in " + bytes + " bytes");
    }

    private static Map<Long, List<Long>> pieces() {
        List<OsmContents.Way> roads = file.ways().values().stream()
                .filter(way -> way.nodes().size() > 1 && isRoad(way.tags()))
                .toList();
        Map<Long, Integer> visits = new HashMap<>();
        for (OsmContents.Way road : roads) {
            road.nodes().forEach(node -> visits.merge(node, 1, Integer::sum));
        }
        Map<Long, List<Long>> found = new TreeMap<>();
        for (OsmContents.Way road : roads) {
            int piece = 0;
            List<Long> open = new ArrayList<>();
            for (int i = 0; i < road.nodes().size(); i++) {
                long node = road.nodes().get(i);
                open.add(node);
                boolean last = i == road.nodes().size() - 1;
                if (i > 0 && (last || visits.get(node) > 1)) {
                    found.put(road.id() * PIECES + piece++, List.copyOf(open));
                    open = new ArrayList<>(List.of(node));
                }
            }
        }
        return found;
    }

    private static Map<Long, Set<Long>> areas() {
        Map<Long, Set<Long>> areas = new TreeMap<>();
        for (OsmContents.Way way : file.ways().values()) {
            if (isClosed(way) && isArea(way.tags())) {
                areas.put(way.id() * 2, new HashSet<>(way.nodes()));
            }
        }
        for (OsmContents.Relation relation : file.relations().values()) {
            String type = relation.tags().getOrDefault("type", "");
            if ((type.equals("multipolygon") || type.equals("boundary")) && isArea(relation.tags())) {
                Set<Long> corners = new HashSet<>();
                Map<Long, Integer> ends = new HashMap<>();
                boolean whole = true;
                for (OsmContents.Member member : relation.members()) {
                    if (member.type().equals("WAY")) {
                        OsmContents.Way way = file.ways().get(member.id());
                        whole &= way != null && file.nodes().keySet().containsAll(way.nodes());
                        if (way != null) {
                            corners.addAll(way.nodes());
                            ends.merge(way.nodes().get(0), 1, Integer::sum);
                            ends.merge(way.nodes().get(way.nodes().size() - 1), 1, Integer::sum);
                        }
                    }
                }
                if (whole && !corners.isEmpty() && ends.values().stream().allMatch(count -> count % 2 == 0)) {
                    areas.put(relation.id() * 2 + 1, corners);
                }
            }
        }
        return areas;
    }

    private static Map<Long, List<Long>> lines() {
        Map<Long, List<Long>> lines = new TreeMap<>();
        for (OsmContents.Way way : file.ways().values()) {
            boolean area = isClosed(way) && isArea(way.tags());
            boolean coast = "coastline".equals(way.tags().get("natural"));
            if (way.nodes().size() > 1 && isLine(way.tags()) && !isRoad(way.tags()) && (!area || coast)) {
                lines.put(way.id(), way.nodes());
            }
        }
        return lines;
    }

    /** The pieces of a way at a node; of several, those by which one may come (or go). */
    private static List<Long> meeting(long way, long node, Map<Long, Link> links, boolean arriving) {
        List<Link> touching = links.values().stream()
                .filter(link -> link.id() / PIECES == way && (link.fromNode() == node || link.toNode() == node))
                .toList();
        Direction against = arriving ? Direction.BACKWARD : Direction.FORWARD;
        Direction along = arriving ? Direction.FORWARD : Direction.BACKWARD;
        return touching.stream()
                .filter(link -> touching.size() == 1
                        || link.toNode() == node && link.direction() != against
                        || link.fromNode() == node && link.direction() != along)
                .map(Link::id)
                .toList();
    }

    private static void assertLeadsOver(OsmContents.Relation relation, PassInfo rule, Map<Long, Link> links) {
        assertTrue(relation.ids("WAY", "from").contains(rule.fromLink() / PIECES));
        assertTrue(relation.ids("WAY", "to").contains(rule.toLink() / PIECES));
        assertEquals(
                new HashSet<>(relation.ids("WAY", "via")),
                rule.viaLinks().stream().map(link -> link / PIECES).collect(Collectors.toSet()));
        long at = rule.viaNode();
        assertTrue(touches(links.get(rule.fromLink()), at));
        for (long via : rule.viaLinks()) {
            Link link = links.get(via);
            assertTrue(touches(link, at), "the links of rule " + rule.id() + " do not meet");
            at = link.fromNode() == at ? link.toNode() : link.fromNode();
        }
        assertTrue(touches(links.get(rule.toLink()), at));
    }

    private static boolean touches(Link link, long node) {
        return link.fromNode() == node || link.toNode() == node;
    }

    private static Map<String, String> tagsOfArea(long id) {
        return id % 2 == 0
                ? file.ways().get(id / 2).tags()
                : file.relations().get(id / 2).tags();
    }

    private static boolean isClosed(OsmContents.Way way) {
        List<Long> nodes = way.nodes();
        return nodes.size() > 3 && nodes.get(0).equals(nodes.get(nodes.size() - 1));
    }

    private static boolean isRoad(Map<String, String> tags) {
        return is(tags, "highway")
                && !"yes".equals(tags.get("area"))
                && !Set.of(
                                "proposed",
                                "planned",
                                "construction",
                                "abandoned",
                                "disused",
                                "razed",
                                "demolished",
                                "removed",
                                "platform",
                                "rest_area",
                                "services",
                                "bus_stop",
                                "elevator")
                        .contains(tags.get("highway"));
    }

    private static boolean isArea(Map<String, String> tags) {
        Set<String> lines = Set.of(
                "no",
                "coastline",
                "cliff",
                "ridge",
                "arete",
                "tree_row",
                "pipeline",
                "line",
                "minor_line",
                "cable",
                "runway",
                "taxiway",
                "embankment",
                "cutline",
                "dyke",
                "breakwater",
                "groyne",
                "pier");
        return !"no".equals(tags.get("area"))
                && (is(tags, "building")
                        || is(tags, "building:part")
                        || tags.containsKey("water")
                        || "yes".equals(tags.get("area"))
                        || isOneOf(tags, "waterway", "riverbank", "dock")
                        || isOneOf(tags, "boundary", "protected_area", "national_park", "administrative")
                        || isOneOf(tags, "place", "square", "island", "islet")
                        || isOneOf(tags, "railway", "platform", "station")
                        || Stream.of(
                                        "landuse",
                                        "natural",
                                        "leisure",
                                        "amenity",
                                        "shop",
                                        "tourism",
                                        "historic",
                                        "office",
                                        "man_made",
                                        "military",
                                        "power",
                                        "aeroway",
                                        "public_transport")
                                .anyMatch(key -> tags.containsKey(key) && !lines.contains(tags.get(key))));
    }

    private static boolean isLine(Map<String, String> tags) {
        return Stream.of("waterway", "aerialway", "barrier").anyMatch(tags::containsKey)
                || isOneOf(tags, "natural", "coastline", "cliff", "ridge", "arete", "tree_row")
                || isOneOf(tags, "railway", "rail", "light_rail", "narrow_gauge", "tram", "subway", "funicular")
                || isOneOf(tags, "railway", "monorail", "preserved", "miniature", "disused")
                || isOneOf(tags, "route", "ferry")
                || isOneOf(tags, "aeroway", "runway", "taxiway")
                || isOneOf(tags, "power", "line", "minor_line", "cable")
                || isOneOf(tags, "boundary", "administrative")
                || isOneOf(tags, "man_made", "pipeline", "pier", "breakwater", "groyne", "embankment", "cutline")
                || isOneOf(tags, "man_made", "dyke");
    }

    private static int level(Map<String, String> tags) {
        String layer = tags.get("layer");
        if (layer != null) {
            boolean missing = !layer.matches("[+-]?[0-5]") || Integer.parseInt(layer) == 0;
            return missing ? 0 : Integer.parseInt(layer);
        }
        return is(tags, "bridge") ? 1 : is(tags, "tunnel") ? -1 : 0;
    }

    private static boolean is(Map<String, String> tags, String key) {
        return tags.containsKey(key) && !tags.get(key).equals("no");
    }

    private static boolean isOneOf(Map<String, String> tags, String key, String... values) {
        return Arrays.asList(values).contains(tags.getOrDefault(key, ""));
    }

    private static void assertAlong(List<Long> nodes, int[] units, String what) {
        assertEquals(2 * nodes.size(), units.length, what);
        for (int i = 0; i < nodes.size(); i++) {
            OsmContents.Node node = file.nodes().get(nodes.get(i));
            assertEquals(node.longitude(), Points.degrees(units[2 * i]), TOLERANCE_DEGREES, what);
            assertEquals(node.latitude(), Points.degrees(units[2 * i + 1]), TOLERANCE_DEGREES, what);
        }
    }

    private static long place(long node) {
        OsmContents.Node found = file.nodes().get(node);
        return place((int) Math.rint(found.longitude() * 1e7), (int) Math.rint(found.latitude() * 1e7));
    }

    private static long place(int longitudeE7, int latitudeE7) {
        return (long) longitudeE7 << 32 | latitudeE7 & 0xFFFF_FFFFL;
    }

    private static <T extends Record> Map<Long, T> answered(FeatureKind kind, Class<T> type, ToLongFunction<T> id) {
        List<T> features = decode(kind, type);
        Map<Long, T> byId = features.stream()
                .collect(Collectors.toMap(id::applyAsLong, Function.identity(), (a, b) -> a, TreeMap::new));
        assertEquals(features.size(), byId.size(), "an id came twice");
        return byId;
    }

    private static <T extends Record> List<T> decode(FeatureKind kind, Class<T> type) {
        RecordList<T> all = map.byArea(kind, new Area(Ellipsoid.WGS84, Area.EVERYTHING, -180, -90, 180, 90));
        RecordCodec<T> codec = RecordCodec.of(type);
        WireReader in = new WireReader(0, all.bytes(), 0, all.bytes().length);
        List<T> features =
                Stream.generate(() -> codec.decode(in)).limit(all.size()).toList();
        assertEquals(0, in.remaining());
        return features;
    }
}
