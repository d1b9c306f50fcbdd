package io.framegate.map.edit;

import static io.framegate.map.edit.EditedMap.link;
import static io.framegate.map.edit.EditedMap.node;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.load.LoadMode;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.MapLoader;
import io.framegate.map.load.UpdateReport;
import io.framegate.map.load.UpdateReport.Kept;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Changes.Operation;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.testkit.Gate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates of a data set by newer files, while it is edited. */
class UpdateAfterEditsTest {

    /** By its second save on, an id of its own. */
    private static final long NEW = 0;

    private static EditedMap map;

    @TempDir
    private Path directory;

    private final Contents file = new Contents();

    @BeforeAll
    static void makeMap() throws Exception {
        map = new EditedMap();
    }

    @BeforeEach
    void fill() throws Exception {
        map.load();
        map.execute("truncate map.change");
        map.execute("update map.change_counter set last = 0");
        map.execute("update map.epoch set number = 0");
        map.startAnew();
        // 1─2─3 with a rule from the first link to the second, and a square.
        file.put(node(1, 1, 0, 0), node(2, 1, 1, 0), node(3, 1, 2, 0));
        file.link(11, 1, 2, "First");
        file.link(12, 2, 3, "Second");
        file.rules.put(21L, EditedMap.rule(21, 1, 11, 2, 12));
        file.polygons.put(31L, EditedMap.square(31, 1, 5, 5, "Square"));
        assertEquals(new UpdateReport(7, 0, 0, 0, List.of()), update());
        map.assertRight();
    }

    @Test
    void changesNothingWhereTheFileSaysTheSame() throws Exception {
        long number = lastNumber();

        assertEquals(new UpdateReport(0, 0, 0, 0, List.of()), update());

        assertEquals(number, lastNumber());
        assertEquals(0, map.number("select count(*) from map.link where version <> 1"));
        map.assertRight();
    }

    @Test
    void tellsTheFollowersWhatTheLoadHasChanged() throws Exception {
        long number = lastNumber();
        file.link(11, 1, 2, "Main Street");
        file.polygons.remove(31L);
        file.polygons.put(32L, EditedMap.square(32, 1, 7, 7, "New"));

        assertEquals(new UpdateReport(1, 1, 1, 0, List.of()), update());

        List<Change> changes = map.changesSince(number).changes();
        assertEquals(
                List.of("load LINK 11 CHANGED 2", "load POLYGON 31 DELETED 1", "load POLYGON 32 ADDED 1"),
                changes.stream()
                        .map(change -> change.author() + " " + change.kind() + " " + change.id() + " "
                                + change.operation() + " " + change.version())
                        .toList());
        assertEquals(
                "Main Street",
                EditedMap.decode(Link.class, changes.get(0).element()).name());
        map.assertRight();
    }

    /** What somebody has read in a past that is lost has none of the versions that an update gives. */
    @Test
    void versionsExceedThoseOfALostPast() throws Exception {
        long epochSeconds = 1_700_000_000L;
        map.execute("update map.epoch set number = " + epochSeconds + "000000");
        map.startAnew();
        long number = lastNumber();
        file.link(11, 1, 2, "Main Street");
        file.polygons.put(32L, EditedMap.square(32, 1, 7, 7, "New"));

        update();

        long from2020 = epochSeconds - Instant.parse("2020-01-01T00:00:00Z").getEpochSecond();
        List<Change> changes = map.changesSince(number).changes();
        assertEquals(
                List.of("LINK 11 CHANGED " + from2020, "POLYGON 32 ADDED " + from2020),
                changes.stream()
                        .map(change ->
                                change.kind() + " " + change.id() + " " + change.operation() + " " + change.version())
                        .toList());
        assertEquals(
                from2020, EditedMap.decode(Link.class, changes.get(0).element()).version());

        file.link(11, 1, 2, "High Street");
        update();
        assertEquals(from2020 + 1, map.number("select version from map.link where id = 11"));
    }

    @Test
    void keepsEditsAndTellsOfThem() throws Exception {
        save(EditedMap.polygons(EditedMap.square(31, 1, 5, 5, "Ours")));
        save(EditedMap.deletion(new Deletion(ElementKind.PASS_INFO, 21, 1)));
        long ours = save(EditedMap.polygons(EditedMap.square(NEW, 0, 8, 8, "Drawn here")))
                .saved()
                .get(0)
                .id();
        file.polygons.put(31L, EditedMap.square(31, 1, 5, 6, "Theirs"));

        UpdateReport report = update();

        assertEquals(
                List.of(
                        new Kept(ElementKind.POLYGON, 31),
                        new Kept(ElementKind.POLYGON, ours),
                        new Kept(ElementKind.PASS_INFO, 21)),
                report.firstKept());
        assertEquals(3, report.kept());
        assertEquals(0, report.added() + report.changed() + report.deleted());
        map.assertRight();

        assertEquals(3, update().kept(), "an edit is an edit at the next update too");
        file.polygons.put(31L, EditedMap.square(31, 1, 5, 5, "Ours"));
        assertEquals(2, update().kept(), "the file has caught up");
        map.assertRight();
    }

    @Test
    void keepsTheNodesOfKeptLinks() throws Exception {
        save(EditedMap.links(link(12, 1, file.nodes.get(2L), file.nodes.get(3L), "Ours")));
        file.links.remove(12L);
        file.rules.remove(21L);
        file.nodes.remove(3L);

        UpdateReport report = update();

        assertEquals(List.of(new Kept(ElementKind.LINK, 12), new Kept(ElementKind.NODE, 3)), report.firstKept());
        assertEquals(1, report.deleted(), "the rule is gone");
        map.assertRight();
    }

    @Test
    void keptLinksHoldTheirNodes() throws Exception {
        save(EditedMap.links(link(12, 1, file.nodes.get(2L), file.nodes.get(3L), "Ours")));
        // The whole street moves, and a new one begins at the node that cannot.
        file.put(node(1, 1, 0, 1), node(2, 1, 1, 1), node(3, 1, 2, 1), node(4, 1, 1, 9));
        file.link(11, 1, 2, "First");
        file.link(12, 2, 3, "Theirs");
        file.link(13, 2, 4, "New");

        UpdateReport report = update();

        // 12 was edited; it holds 2 and 3, 2 holds 11 and keeps 13 away, 11 holds 1.
        assertEquals(
                List.of(
                        new Kept(ElementKind.LINK, 11),
                        new Kept(ElementKind.LINK, 12),
                        new Kept(ElementKind.LINK, 13),
                        new Kept(ElementKind.NODE, 1),
                        new Kept(ElementKind.NODE, 2),
                        new Kept(ElementKind.NODE, 3)),
                report.firstKept());
        assertEquals(1, report.added(), "the other end of the link that does not come");
        map.assertRight();
    }

    @Test
    void keepsTheLinksOfARuleThatWasEdited() throws Exception {
        PassInfo ours = EditedMap.rule(21, 1, 12, 2, 11);
        save(EditedMap.rules(ours));
        file.rules.remove(21L);
        file.links.remove(11L);
        file.nodes.remove(1L);

        UpdateReport report = update();

        assertEquals(
                List.of(
                        new Kept(ElementKind.LINK, 11),
                        new Kept(ElementKind.NODE, 1),
                        new Kept(ElementKind.PASS_INFO, 21)),
                report.firstKept());
        map.assertRight();
    }

    @Test
    void keepsEditsThatFollowedALoad() throws Exception {
        Node ours = new Node(
                2,
                1,
                NodeKind.CROSSING,
                EditedMap.WEST + EditedMap.STEP,
                EditedMap.SOUTH,
                (byte) 12,
                "Ours",
                List.of());
        save(EditedMap.nodes(ours));
        file.put(node(4, 1, 1, 9));
        file.link(13, 2, 4, "New");
        assertEquals(1, update().changed(), "it has one more link");
        file.link(11, 1, 2, "Another");

        assertEquals(List.of(new Kept(ElementKind.NODE, 2)), update().firstKept());
        assertEquals("Ours", stored(Node.class, "node", 2).name());
        assertEquals(List.of(11L, 12L, 13L), stored(Node.class, "node", 2).links());
        map.assertRight();
    }

    @Test
    void readdedFeaturesGetHigherVersions() throws Exception {
        file.link(11, 1, 2, "Renamed");
        update();
        Polygon square = file.polygons.remove(31L);
        update();
        file.polygons.put(31L, square);
        update();

        assertEquals(2, map.number("select version from map.polygon where id = 31"));
        SaveResult stale = map.save(EditedMap.polygons(EditedMap.square(31, 1, 5, 5, "Of the first one")));
        assertEquals(Outcome.CONFLICT, stale.outcome());
        map.assertRight();
    }

    @Test
    void blocksAConflictingSaveDuringTheUpdate() throws Exception {
        file.link(11, 1, 2, "Theirs");
        file.polygons.put(32L, EditedMap.square(32, 1, 7, 7, "New"));
        List<CompletableFuture<SaveResult>> saves = new ArrayList<>();
        LoadProgress midway = (phase, done, total) -> {
            if (phase == LoadProgress.Phase.COMPARING && done == 3) {
                assertEquals(1, map.number("select count(*) from map.polygon"), "readers see what was");
                saves.add(CompletableFuture.supplyAsync(
                        () -> map.save(EditedMap.links(link(11, 1, file.nodes.get(1L), file.nodes.get(2L), "Ours")))));
                saves.add(CompletableFuture.supplyAsync(
                        () -> map.save(EditedMap.polygons(EditedMap.square(31, 1, 5, 5, "Ours")))));
                Gate.await(() -> map.number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                + " and datname = current_database()")
                        == 2);
            }
        };

        UpdateReport report = update(midway);

        assertEquals(new UpdateReport(1, 1, 0, 0, List.of()), report);
        assertEquals(Outcome.CONFLICT, saves.get(0).get(10, TimeUnit.SECONDS).outcome());
        assertEquals(Outcome.SAVED, saves.get(1).get(10, TimeUnit.SECONDS).outcome());
        map.assertRight();
    }

    @Test
    void changesNothingWhenItFailsMidway() throws Exception {
        save(EditedMap.polygons(EditedMap.square(31, 1, 5, 5, "Ours")));
        file.link(11, 1, 2, "Theirs");
        file.polygons.remove(31L);
        String before = fingerprint();

        // The very last thing that it writes.
        map.execute("create function map.refuse() returns trigger language plpgsql as"
                + " $$ begin raise 'the disk is full' using errcode = '53100'; end $$");
        map.execute("create trigger refuse before insert on map.change for each row execute function map.refuse()");
        assertThrows(SQLException.class, this::update);
        assertEquals(before, fingerprint());
        map.execute("drop trigger refuse on map.change");

        for (int step = 0; step < 5; step++) {
            int at = step;
            assertThrows(
                    IllegalStateException.class,
                    () -> update((phase, done, total) -> {
                        if (phase == LoadProgress.Phase.COMPARING && done == at) {
                            throw new IllegalStateException("on purpose");
                        }
                    }));
            assertEquals(before, fingerprint());
        }
        String text = file.geoJson();
        Path cut = Files.writeString(directory.resolve("cut.geojson"), text.substring(0, text.length() / 2));
        assertThrows(Exception.class, () -> new MapLoader(map.database.dataSource(), LoadProgress.silent())
                .load(cut, EditedMap.NAME, LoadMode.UPDATE));
        assertEquals(before, fingerprint());

        assertEquals(1, update().changed(), "and then it works");
        map.assertRight();
    }

    /**
     * Files and edits at random, from a seed: whatever comes, the map is right, all edits stay, and all that nobody
     * has edited, and that hangs on no edit, is as the file says.
     */
    @Test
    void staysRightWhateverFilesAndEditsCome() throws Exception {
        Random random = new Random(42);
        int kept = 0;
        for (int round = 0; round < 12; round++) {
            Contents next = Contents.random(random);
            file.become(next);
            Map<Target, Optional<String>> edited = edited();
            UpdateReport report = update();
            kept += report.kept();
            map.assertRight();
            assertEditsKept(edited);
            if (report.kept() == 0) {
                assertEquals(file.links.size(), map.number("select count(*) from map.link"));
            }
            UpdateReport again = update();
            assertEquals(0, again.added() + again.changed() + again.deleted(), "the same once more");
            for (int edit = 0; edit < 3; edit++) {
                editAtRandom(random);
            }
            map.assertRight();
            if (round % 10 == 9) {
                // Begin again without edits.
                map.execute("update map.change set save_key = ''");
            }
        }
        assertTrue(kept > 100, "nothing much was kept: " + kept);
    }

    /** Links, polygons and what was deleted, by the history: nodes and rules may follow what is beside them. */
    private static Map<Target, Optional<String>> edited() {
        Map<Target, Optional<String>> edited = new HashMap<>();
        map.query(
                "select distinct on (kind, feature_id) kind, feature_id, operation, encode(record, 'hex'), save_key"
                        + " from map.change where data_set = (select id from map.data_set) and kind in (0, 2)"
                        + " order by kind, feature_id, number desc",
                row -> {
                    if (!row.getString(5).isEmpty()) {
                        ElementKind kind = row.getInt(1) == 0 ? ElementKind.LINK : ElementKind.POLYGON;
                        edited.put(
                                new Target(kind, row.getLong(2)),
                                row.getInt(3) == Operation.DELETED.code()
                                        ? Optional.empty()
                                        : Optional.of(row.getString(4)));
                    }
                });
        return edited;
    }

    private static void assertEditsKept(Map<Target, Optional<String>> edited) {
        Map<Target, String> there = new HashMap<>();
        map.query(
                "select 0, id, encode(record, 'hex') from map.link union all"
                        + " select 2, id, encode(record, 'hex') from map.polygon",
                row -> there.put(
                        new Target(row.getInt(1) == 0 ? ElementKind.LINK : ElementKind.POLYGON, row.getLong(2)),
                        row.getString(3)));
        edited.forEach(
                (target, record) -> assertEquals(record, Optional.ofNullable(there.get(target)), target::toString));
    }

    private void editAtRandom(Random random) {
        long link = map.number("select coalesce((select id from map.link order by md5(id::text || "
                + random.nextInt(1000) + ") limit 1), 0)");
        if (link == 0) {
            return;
        }
        Link stored = stored(Link.class, "link", link);
        Node from = stored(Node.class, "node", stored.fromNode());
        switch (random.nextInt(4)) {
            case 0 -> map.save(EditedMap.links(renamed(stored, "Edit " + random.nextInt(1000))));
            case 1 -> map.save(EditedMap.deletion(new Deletion(ElementKind.LINK, link, stored.version())));
            case 2 -> {
                Node end = node(-1, 0, random.nextInt(9), 20 + random.nextInt(9));
                map.save(EditedMap.roads(List.of(link(NEW, 0, from, end, "Drawn")), List.of(end)));
            }
            default -> map.save(EditedMap.polygons(EditedMap.square(NEW, 0, random.nextInt(9), 9, "Drawn")));
        }
    }

    private static <T extends Record> T stored(Class<T> type, String table, long id) {
        List<T> found = new ArrayList<>();
        map.query(
                "select record from map." + table + " where id = " + id,
                row -> found.add(EditedMap.decode(type, row.getBytes(1))));
        return found.get(0);
    }

    private static Link renamed(Link link, String name) {
        return new Link(
                link.id(),
                link.version(),
                link.fromNode(),
                link.toNode(),
                link.roadClass(),
                link.direction(),
                link.lanes(),
                link.speedKmh(),
                link.layer(),
                link.minZoom(),
                name,
                link.points());
    }

    private SaveResult save(SaveFeatures request) {
        SaveResult result = map.save(request);
        assertEquals(Outcome.SAVED, result.outcome(), result::toString);
        return result;
    }

    private UpdateReport update() throws Exception {
        return update(LoadProgress.silent());
    }

    private UpdateReport update(LoadProgress progress) throws Exception {
        Path path = Files.writeString(directory.resolve("map.geojson"), file.geoJson());
        LoadReport report = new MapLoader(map.database.dataSource(), progress)
                .load(path, EditedMap.NAME, LoadMode.UPDATE)
                .orElseThrow();
        assertEquals(map.number("select count(*) from map.node"), report.nodes());
        return report.update().orElseThrow();
    }

    private long lastNumber() {
        return map.number("select last from map.change_counter");
    }

    /** Of all rows that there are, as they lie on disk. */
    private String fingerprint() {
        StringBuilder all = new StringBuilder();
        for (String table :
                List.of("data_set", "change", "change_counter", "link", "node", "polygon", "polyline", "pass_info")) {
            all.append(map.number(
                    "select coalesce(sum(hashtextextended(t::text || t.ctid::text, 0) % 1000000007), 0)::bigint from map."
                            + table + " t"));
            all.append(' ');
        }
        return all.append(map.number("select count(*) from pg_class where relname like 'loading%'"))
                .toString();
    }

    /** What a file has. Its links lie between its nodes, whatever the order in which they were put in. */
    private static final class Contents {

        private final Map<Long, Node> nodes = new TreeMap<>();
        private final Map<Long, Link> links = new TreeMap<>();
        private final Map<Long, PassInfo> rules = new TreeMap<>();
        private final Map<Long, Polygon> polygons = new TreeMap<>();

        static Contents random(Random random) {
            Contents contents = new Contents();
            for (int id = 1; id <= 12; id++) {
                // Some lie elsewhere each time.
                int column = id % 4 * 2 + (random.nextInt(4) == 0 ? 1 : 0);
                contents.put(node(id, 1, column, id / 4));
            }
            for (int id = 101; id <= 118; id++) {
                if (random.nextInt(5) > 0) {
                    // Mostly between the same nodes.
                    int shift = random.nextInt(6) == 0 ? random.nextInt(11) : 0;
                    long from = 1 + (id * 5 + shift) % 12;
                    long to = 1 + (id * 7 + 3) % 12;
                    if (from != to) {
                        contents.link(id, from, to, random.nextInt(4) == 0 ? "Name " + random.nextInt(9) : "Name");
                    }
                }
            }
            contents.addRules(random);
            contents.nodes.keySet().removeIf(id -> contents.links.values().stream()
                    .noneMatch(link -> link.fromNode() == id || link.toNode() == id));
            for (int id = 301; id < 310; id++) {
                if (random.nextInt(3) > 0) {
                    contents.polygons.put(
                            (long) id, EditedMap.square(id, 1, id - 300, 15, "Area " + random.nextInt(3)));
                }
            }
            return contents;
        }

        private void addRules(Random random) {
            long id = 201;
            for (Link from : List.copyOf(links.values())) {
                for (Link to : List.copyOf(links.values())) {
                    boolean meet = to.fromNode() == from.toNode() || to.toNode() == from.toNode();
                    if (from.id() < to.id() && meet && random.nextInt(3) > 0) {
                        rules.put(id, EditedMap.rule(id, 1, from.id(), from.toNode(), to.id()));
                    }
                    id++;
                }
            }
        }

        void become(Contents next) {
            nodes.clear();
            links.clear();
            rules.clear();
            polygons.clear();
            nodes.putAll(next.nodes);
            links.putAll(next.links);
            rules.putAll(next.rules);
            polygons.putAll(next.polygons);
        }

        void put(Node... all) {
            for (Node node : all) {
                nodes.put(node.id(), node);
            }
        }

        void link(long id, long from, long to, String name) {
            links.put(
                    id,
                    EditedMap.link(
                            id,
                            1,
                            Objects.requireNonNull(nodes.get(from)),
                            Objects.requireNonNull(nodes.get(to)),
                            name));
        }

        String geoJson() {
            List<String> features = new ArrayList<>();
            links.values()
                    .forEach(link -> features.add(feature(
                            link.id(),
                            "\"roadClass\":\"residential\",\"direction\":\"both\",\"lanes\":2,\"speedKmh\":50,\"minZoom\":12,"
                                    + "\"fromNode\":" + link.fromNode() + ",\"toNode\":" + link.toNode()
                                    + ",\"name\":\""
                                    + link.name() + "\"",
                            "LineString",
                            points(Points.absolute(link.points())))));
            nodes.values()
                    .forEach(node -> features.add(feature(
                            node.id(),
                            "\"kind\":\"plain\",\"minZoom\":12",
                            "Point",
                            degrees(node.longitudeE7(), node.latitudeE7()))));
            polygons.values().forEach(polygon -> {
                int[] units = Points.absolute(polygon.rings().get(0).points());
                String ring = points(units);
                features.add(feature(
                        polygon.id(),
                        "\"kind\":\"building\",\"minZoom\":14,\"name\":\"" + polygon.name() + "\"",
                        "Polygon",
                        "[" + ring.substring(0, ring.length() - 1) + "," + degrees(units[0], units[1]) + "]]"));
            });
            rules.values().forEach(rule -> {
                Node via = Objects.requireNonNull(nodes.get(rule.viaNode()));
                features.add(feature(
                        rule.id(),
                        "\"rule\":\"forbidden\",\"turn\":\"left\",\"fromLink\":" + rule.fromLink() + ",\"viaNode\":"
                                + rule.viaNode() + ",\"viaLinks\":[],\"toLink\":" + rule.toLink()
                                + ",\"minZoom\":12,\"vehicles\":\"hgv\",\"except\":\"bicycle\"",
                        "Point",
                        degrees(via.longitudeE7(), via.latitudeE7())));
            });
            return "{\"type\":\"FeatureCollection\",\"features\":[\n" + String.join(",\n", features) + "]}";
        }

        private static String feature(long id, String properties, String shape, String coordinates) {
            return "{\"type\":\"Feature\",\"id\":" + id + ",\"properties\":{" + properties
                    + "},\"geometry\":{\"type\":\"" + shape + "\",\"coordinates\":" + coordinates + "}}";
        }

        private static String points(int[] units) {
            List<String> points = new ArrayList<>();
            for (int i = 0; i < units.length; i += 2) {
                points.add(degrees(units[i], units[i + 1]));
            }
            return "[" + String.join(",", points) + "]";
        }

        private static String degrees(int longitudeE7, int latitudeE7) {
            return String.format(Locale.ROOT, "[%.7f,%.7f]", longitudeE7 / 1e7, latitudeE7 / 1e7);
        }
    }
}
