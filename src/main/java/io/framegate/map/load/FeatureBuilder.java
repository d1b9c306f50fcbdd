package io.framegate.map.load;

import io.framegate.map.load.LoadProgress.Phase;
import io.framegate.map.load.OsmVisitor.Member;
import io.framegate.map.load.OsmVisitor.MemberType;
import io.framegate.map.message.Height3DInfo;
import io.framegate.map.message.LineKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.Polygon.Ring;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.store.Box;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes the features of an OpenStreetMap file. The file is read three times, so that what stays in memory is the
 * coordinates of the nodes in use (16 bytes each), the ways of multipolygons, where links meet, and what turn rules
 * ({@link TurnBuilder}) and heights ({@link HeightBuilder}) need; features go to disk as they are made.
 *
 * <ol>
 *   <li>Ways and relations: which nodes are in use, where roads share one, and which ways are sides of an area.
 *   <li>Nodes: where they are, and what stands on a road.
 *   <li>Ways: a road is split wherever it shares a node with another or itself; what is closed and an area becomes a
 *       polygon, other lines polylines, each with its heights. Then the relations, of the ways kept for them, the nodes
 *       of the links, and the turn rules.
 * </ol>
 *
 * <b>Extracts</b> have ways that lead out of them. A road is cut where nodes are missing; a polyline keeps its longest
 * part; an area of which a side is missing is left out and counted.
 */
final class FeatureBuilder {

    /** How many pieces a way may have, since a link's id is the way's · 4096 + the piece. */
    private static final int PIECES_PER_WAY = 4096;

    private static final int FIRST_VERSION = 1;

    private final OsmFile file;
    private final FeatureStream features;
    private final LoadProgress progress;

    private final List<AreaRelation> relations = new ArrayList<>();
    private final Map<Long, NodeTags> nodesWithTags = new HashMap<>();
    private final Map<Long, long[]> sides = new HashMap<>();
    /** By node, so that nodes come in the order of their ids. */
    private final Map<Long, Joined> joinedLinks = new TreeMap<>();

    private final TurnBuilder turns = new TurnBuilder();
    private final HeightBuilder heights = new HeightBuilder();

    private long[] sideIds = {};
    private long[] junctions = {};
    private NodeTable nodes = new NodeTable(new long[0]);
    private RingAssembler assembler = new RingAssembler(nodes);
    private int brokenAreas;

    /** A relation that is an area. */
    private record AreaRelation(long id, PolygonKind kind, Map<String, String> tags, List<Long> ways) {}

    /** What stands on a road. */
    private record NodeTags(NodeKind kind, String name) {
        static final NodeTags NONE = new NodeTags(NodeKind.PLAIN, "");
    }

    /** The links of a node so far. */
    private static final class Joined {
        private final LongList links = new LongList();
        private byte minZoom = Byte.MAX_VALUE;
    }

    FeatureBuilder(OsmFile file, FeatureStream features, LoadProgress progress) {
        this.file = file;
        this.features = features;
        this.progress = progress;
    }

    /**
     * Reads the file and puts all its features into the stream.
     *
     * @throws MapFileException for a file that is damaged
     * @throws java.io.InterruptedIOException when the thread is interrupted
     */
    void build() throws IOException {
        readWays();
        readNodes();
        try {
            buildFeatures();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** How many areas were left out since their sides do not close. */
    int brokenAreas() {
        return brokenAreas;
    }

    /** How many turn rules were left out since their links are not there or not clear. */
    int brokenTurns() {
        return turns.leftOut();
    }

    private void readWays() throws IOException {
        LongList used = new LongList();
        LongList onRoads = new LongList();
        LongList memberWays = new LongList();
        read(Phase.READING_WAYS, new OsmVisitor() {
            @Override
            public void way(long id, Map<String, String> tags, long[] refs) {
                for (long ref : refs) {
                    used.add(ref);
                }
                boolean road = RoadRules.roadClass(tags).isPresent();
                if (road || PolylineRules.line(tags).isPresent()) {
                    heights.way(tags, refs);
                }
                if (refs.length > 1 && road) {
                    for (long ref : withoutRepeats(refs)) {
                        onRoads.add(ref);
                    }
                    // An end counts twice: it is a junction by itself.
                    onRoads.add(refs[0]);
                    onRoads.add(refs[refs.length - 1]);
                }
            }

            @Override
            public void relation(long id, Map<String, String> tags, List<Member> members) {
                turns.relation(id, tags, members);
                String type = tags.getOrDefault("type", "");
                if (type.equals("multipolygon") || type.equals("boundary")) {
                    PolygonRules.kind(tags).ifPresent(kind -> {
                        List<Long> ways = members.stream()
                                .filter(member -> member.type() == MemberType.WAY)
                                .map(Member::id)
                                .toList();
                        relations.add(new AreaRelation(id, kind, tags, ways));
                        ways.forEach(memberWays::add);
                    });
                }
            }
        });
        nodes = new NodeTable(used.drainDistinct());
        assembler = new RingAssembler(nodes);
        junctions = onRoads.drainRepeated();
        sideIds = memberWays.drainDistinct();
        heights.waysTaken();
    }

    private void readNodes() throws IOException {
        read(Phase.READING_NODES, new OsmVisitor() {
            @Override
            public void node(long id, int longitudeE7, int latitudeE7, Map<String, String> tags) {
                if (nodes.locate(id, longitudeE7, latitudeE7) && !tags.isEmpty()) {
                    heights.node(id, tags);
                    NodeTags known = new NodeTags(NodeRules.kind(tags), NodeRules.name(tags));
                    // A name alone, of a shop on a wall say, makes no node of a road.
                    if (known.kind() != NodeKind.PLAIN) {
                        nodesWithTags.put(id, known);
                    }
                }
            }
        });
    }

    private void buildFeatures() throws IOException {
        read(Phase.BUILDING, new OsmVisitor() {
            @Override
            public void way(long id, Map<String, String> tags, long[] refs) throws MapDataException {
                try {
                    buildWay(id, tags, refs);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        for (AreaRelation relation : relations) {
            buildRelation(relation);
        }
        for (Map.Entry<Long, Joined> node : joinedLinks.entrySet()) {
            buildNode(node.getKey(), node.getValue());
        }
        turns.build(nodes, features);
    }

    private void buildWay(long id, Map<String, String> tags, long[] refs)
            throws IOException, OsmVisitor.MapDataException {
        if (Arrays.binarySearch(sideIds, id) >= 0) {
            sides.put(id, withoutRepeats(refs));
        }
        if (tags.isEmpty()) {
            return;
        }
        long[] line = withoutRepeats(refs);
        Optional<RoadClass> road = RoadRules.roadClass(tags);
        if (road.isPresent()) {
            buildLinks(id, tags, road.get(), line);
        }
        boolean closed = line.length > 3 && line[0] == line[line.length - 1];
        Optional<PolygonKind> area = closed ? PolygonRules.kind(tags) : Optional.empty();
        if (area.isPresent()) {
            buildPolygon(id * 2, area.get(), tags, List.of(line));
        }
        Optional<PolylineRules.Line> kind = road.isPresent() ? Optional.empty() : PolylineRules.line(tags);
        // What is an area is no line as well; only an island has both a surface and a coast.
        if (kind.isPresent() && (area.isEmpty() || kind.get().kind() == PolylineKind.COASTLINE)) {
            buildPolyline(id, kind.get(), tags, line);
        }
    }

    private void buildLinks(long wayId, Map<String, String> tags, RoadClass roadClass, long[] line)
            throws IOException, OsmVisitor.MapDataException {
        int piece = 0;
        for (long[] run : knownRuns(line)) {
            int from = 0;
            for (int to = 1; to < run.length; to++) {
                if (to == run.length - 1 || Arrays.binarySearch(junctions, run[to]) >= 0) {
                    if (piece == PIECES_PER_WAY) {
                        throw new OsmVisitor.MapDataException(
                                "way " + wayId + " has more than " + PIECES_PER_WAY + " pieces");
                    }
                    long id = wayId * PIECES_PER_WAY + piece++;
                    Link link = buildLink(id, tags, roadClass, Arrays.copyOfRange(run, from, to + 1));
                    turns.link(wayId, link);
                    from = to;
                }
            }
        }
    }

    private Link buildLink(long id, Map<String, String> tags, RoadClass roadClass, long[] line) throws IOException {
        byte minZoom = RoadRules.minZoom(roadClass);
        Link link = new Link(
                id,
                FIRST_VERSION,
                line[0],
                line[line.length - 1],
                roadClass,
                RoadRules.direction(tags),
                RoadRules.lanes(tags),
                RoadRules.speedKmh(tags),
                RoadRules.layer(tags),
                minZoom,
                RoadRules.name(tags),
                Points.differences(nodes.units(line)));
        features.add(link);
        join(link.fromNode(), id, minZoom);
        join(link.toNode(), id, minZoom);
        buildHeights(id, LineKind.LINK, minZoom, tags, line);
        return link;
    }

    private void buildHeights(long id, LineKind kind, byte minZoom, Map<String, String> tags, long[] line)
            throws IOException {
        int[] units = nodes.units(line);
        Optional<Height3DInfo> found = heights.heights(id, kind, minZoom, tags, line, units);
        if (found.isPresent()) {
            features.add(found.get(), Box.of(units));
        }
    }

    private void join(long node, long link, byte minZoom) {
        Joined joined = joinedLinks.computeIfAbsent(node, id -> new Joined());
        joined.links.add(link);
        joined.minZoom = (byte) Math.min(joined.minZoom, minZoom);
    }

    private void buildNode(long id, Joined joined) throws IOException {
        NodeTags known = nodesWithTags.getOrDefault(id, NodeTags.NONE);
        int[] units = nodes.units(new long[] {id});
        // A link that begins and ends here is there once.
        List<Long> links = Arrays.stream(joined.links.drainDistinct()).boxed().toList();
        features.add(
                new Node(id, FIRST_VERSION, known.kind(), units[0], units[1], joined.minZoom, known.name(), links));
    }

    private void buildPolyline(long id, PolylineRules.Line line, Map<String, String> tags, long[] refs)
            throws IOException {
        long[] longest = {};
        for (long[] run : knownRuns(refs)) {
            longest = run.length > longest.length ? run : longest;
        }
        if (longest.length > 1) {
            features.add(new Polyline(
                    id,
                    FIRST_VERSION,
                    line.kind(),
                    RoadRules.layer(tags),
                    (byte) line.minZoom(),
                    tags.getOrDefault("name", ""),
                    Points.differences(nodes.units(longest))));
            buildHeights(id, LineKind.POLYLINE, (byte) line.minZoom(), tags, longest);
        }
    }

    private void buildRelation(AreaRelation relation) throws IOException {
        List<long[]> ways = new ArrayList<>();
        for (long way : relation.ways()) {
            long[] side = sides.get(way);
            if (side == null || side.length < 2) {
                brokenAreas++;
                return;
            }
            ways.add(side);
        }
        buildPolygon(relation.id() * 2 + 1, relation.kind(), relation.tags(), ways);
    }

    private void buildPolygon(long id, PolygonKind kind, Map<String, String> tags, List<long[]> ways)
            throws IOException {
        boolean complete = ways.stream().flatMapToLong(Arrays::stream).allMatch(nodes::knows);
        Optional<List<Ring>> rings = complete ? assembler.assemble(ways) : Optional.empty();
        if (rings.isEmpty()) {
            brokenAreas++;
            return;
        }
        Box bounds = bounds(rings.get());
        byte minZoom = PolygonRules.minZoom(kind, tags, bounds);
        if (kind == PolygonKind.BUILDING) {
            features.add(BuildingRules.heights(id, minZoom, tags), bounds);
        }
        features.add(
                new Polygon(
                        id,
                        FIRST_VERSION,
                        kind,
                        RoadRules.layer(tags),
                        minZoom,
                        tags.getOrDefault("name", ""),
                        rings.get()),
                bounds);
    }

    private static Box bounds(List<Ring> rings) {
        return rings.stream()
                .filter(ring -> !ring.hole())
                .map(ring -> Box.of(Points.absolute(ring.points())))
                .reduce(Box::with)
                .orElseThrow();
    }

    private void read(Phase phase, OsmVisitor visitor) throws IOException {
        file.read(visitor, position -> progress.at(phase, position, file.size()));
    }

    /** The parts of a line that are in the file, each of at least two nodes. */
    private List<long[]> knownRuns(long[] line) {
        List<long[]> runs = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= line.length; i++) {
            if (i == line.length || !nodes.knows(line[i])) {
                if (i - from > 1) {
                    runs.add(Arrays.copyOfRange(line, from, i));
                }
                from = i + 1;
            }
        }
        return runs;
    }

    /** The same line, with a node that comes twice in a row there once. */
    private static long[] withoutRepeats(long[] refs) {
        long[] line = new long[refs.length];
        int count = 0;
        for (long ref : refs) {
            if (count == 0 || line[count - 1] != ref) {
                line[count++] = ref;
            }
        }
        return Arrays.copyOf(line, count);
    }
}
