package io.framegate.map.edit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.codec.RecordCodec;
import io.framegate.codec.WireReader;
import io.framegate.codec.WireWriter;
import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Changes.Change;
import io.framegate.map.message.Deletion;
import io.framegate.map.message.Direction;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.PassInfo;
import io.framegate.map.message.PassRule;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.Polyline;
import io.framegate.map.message.PolylineKind;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.Turn;
import io.framegate.map.store.KnownHistory;
import io.framegate.map.store.LocalTransactions;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapPersistenceFixture;
import io.framegate.map.store.MapSchema;
import io.framegate.map.store.StoredElement;
import io.framegate.map.store.StoredLink;
import io.framegate.map.store.StoredNode;
import io.framegate.map.store.StoredPassInfo;
import io.framegate.map.store.StoredPolygon;
import io.framegate.map.store.StoredPolyline;
import io.framegate.testkit.TestDatabase;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** A data set without features, in a database of its own, to be edited by tests. */
final class EditedMap {

    static final String NAME = "edited";
    static final String AUTHOR = "Ada";
    static final int WEST = 95_000_000;
    static final int SOUTH = 471_000_000;
    static final int STEP = 10_000;

    final TestDatabase database = TestDatabase.create();
    private final DataSource pool = database.pooled();
    final MapPersistence persistence = MapPersistenceFixture.pooled(database);
    KnownHistory history;
    FeatureSaves saves;
    FeatureChanges changes;

    EditedMap() throws SQLException {
        MapSchema.migrate(database.dataSource());
        load();
        startAnew();
    }

    /** As another server that has seen no change yet; so the history may be taken away before. */
    void startAnew() {
        history = new KnownHistory();
        saves = new FeatureSaves(new LocalTransactions(persistence), history);
        changes = new FeatureChanges(persistence, MapPersistenceFixture.feed(pool, history));
    }

    /** Loads the empty data set, instead of what was there. */
    void load() throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int id;
            try (ResultSet row = statement.executeQuery("select map.begin_load()")) {
                row.next();
                id = row.getInt(1);
            }
            statement.execute("select map.finish_load(" + id + ", '" + NAME + "', 'no file', 'nobody')");
            connection.commit();
        }
    }

    /** All rows of a column of the grid. */
    static Area around(int column) {
        double west = Points.degrees(WEST + (column - 1) * STEP);
        double south = Points.degrees(SOUTH - STEP);
        return new Area(Ellipsoid.WGS84, 0, west, south, west + 0.005, south + 0.02);
    }

    SaveResult save(SaveFeatures request) {
        return saves.save(request, NAME);
    }

    Changes changesSince(long number) {
        return changes.since(new LoadChangesSince(NAME, number, 0, List.of()), NAME);
    }

    List<Change> allChanges() {
        List<Change> all = new ArrayList<>();
        Changes page = changesSince(0);
        all.addAll(page.changes());
        while (!page.complete()) {
            page = changesSince(page.next());
            all.addAll(page.changes());
        }
        return all;
    }

    long number(String sql) {
        long[] number = new long[1];
        query(sql, row -> number[0] = row.getLong(1));
        return number[0];
    }

    /** Takes a row of a result. */
    @FunctionalInterface
    interface RowConsumer {
        void accept(ResultSet row) throws SQLException;
    }

    void query(String sql, RowConsumer consumer) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                consumer.accept(row);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void execute(String sql) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What must hold at any time: each encoded record says what its row says; each node knows its links; links end where
     * their nodes are; turn rules lie where their nodes are; each feature is what the history says it became last, and its changes have all versions in turn.
     */
    void assertRight() {
        Map<Target, StoredElement> now = new HashMap<>();
        try (EntityManager entities = persistence.open()) {
            Map<Long, List<Long>> linksOf = new HashMap<>();
            Map<Long, int[]> places = new HashMap<>();
            for (StoredNode node : entities.createQuery("select n from StoredNode n", StoredNode.class)
                    .getResultList()) {
                places.put(node.id(), new int[] {node.longitudeE7(), node.latitudeE7()});
                now.put(new Target(ElementKind.NODE, node.id()), node);
            }
            for (StoredLink link : entities.createQuery("select l from StoredLink l order by l.id", StoredLink.class)
                    .getResultList()) {
                assertArrayEquals(encode(link.toMessage()), link.encoded());
                int[] units = Points.absolute(link.points());
                assertArrayEquals(places.get(link.fromNode()), Arrays.copyOf(units, 2));
                assertArrayEquals(places.get(link.toNode()), Arrays.copyOfRange(units, units.length - 2, units.length));
                linksOf.computeIfAbsent(link.fromNode(), id -> new ArrayList<>())
                        .add(link.id());
                if (link.toNode() != link.fromNode()) {
                    linksOf.computeIfAbsent(link.toNode(), id -> new ArrayList<>())
                            .add(link.id());
                }
                now.put(new Target(ElementKind.LINK, link.id()), link);
            }
            for (long node : places.keySet()) {
                StoredNode stored = (StoredNode) now.get(new Target(ElementKind.NODE, node));
                assertArrayEquals(
                        encode(stored.toMessage(linksOf.getOrDefault(node, List.of()))),
                        stored.encoded(),
                        () -> "node " + node);
            }
            for (StoredPolygon polygon : entities.createQuery("select p from StoredPolygon p", StoredPolygon.class)
                    .getResultList()) {
                assertArrayEquals(encode(polygon.toMessage()), polygon.encoded());
                now.put(new Target(ElementKind.POLYGON, polygon.id()), polygon);
            }
            for (StoredPolyline line : entities.createQuery("select p from StoredPolyline p", StoredPolyline.class)
                    .getResultList()) {
                assertArrayEquals(encode(line.toMessage()), line.encoded());
                now.put(new Target(ElementKind.POLYLINE, line.id()), line);
            }
            for (StoredPassInfo stored : entities.createQuery("select p from StoredPassInfo p", StoredPassInfo.class)
                    .getResultList()) {
                PassInfo rule = stored.toMessage();
                assertArrayEquals(encode(rule), stored.encoded());
                assertArrayEquals(places.get(rule.viaNode()), new int[] {rule.longitudeE7(), rule.latitudeE7()});
                StoredElement from = now.get(new Target(ElementKind.LINK, rule.fromLink()));
                StoredElement to = now.get(new Target(ElementKind.LINK, rule.toLink()));
                assertEquals(Math.max(from.minZoom(), to.minZoom()), rule.minZoom());
                assertTrue(now.keySet()
                        .containsAll(rule.viaLinks().stream()
                                .map(link -> new Target(ElementKind.LINK, link))
                                .toList()));
                now.put(new Target(ElementKind.PASS_INFO, stored.id()), stored);
            }
        }
        assertHistory(now);
    }

    private void assertHistory(Map<Target, StoredElement> now) {
        Map<Target, Change> last = new HashMap<>();
        long number = 0;
        for (Change change : allChanges()) {
            assertEquals(++number, change.number(), "a gap in the numbers");
            Change before = last.put(new Target(change.kind(), change.id()), change);
            switch (change.operation()) {
                case ADDED ->
                    // A load may bring again what was deleted; never with a version that it has had.
                    assertEquals(before == null ? 1 : before.version() + 1, change.version());
                case CHANGED -> assertEquals(before == null ? 0 : before.version() + 1, change.version());
                case DELETED -> assertEquals(before == null ? 0 : before.version(), change.version());
            }
        }
        last.values().removeIf(change -> change.operation() == Changes.Operation.DELETED);
        assertEquals(now.keySet(), last.keySet());
        now.forEach((target, feature) -> {
            assertEquals(feature.version(), last.get(target).version(), target::toString);
            assertArrayEquals(feature.encoded(), last.get(target).element(), target::toString);
        });
    }

    static <T extends Record> byte[] encode(T message) {
        @SuppressWarnings("unchecked")
        RecordCodec<T> codec = RecordCodec.of((Class<T>) message.getClass());
        WireWriter out = new WireWriter(0, 1 << 24);
        codec.encode(message, out);
        return Arrays.copyOf(out.array(), out.length());
    }

    static <T extends Record> T decode(Class<T> type, byte[] bytes) {
        return RecordCodec.of(type).decode(new WireReader(0, bytes, 0, bytes.length));
    }

    static String newKey() {
        return UUID.randomUUID().toString();
    }

    static SaveFeatures links(Link... links) {
        return new SaveFeatures(
                newKey(), AUTHOR, "", List.of(links), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    static SaveFeatures nodes(Node... nodes) {
        return new SaveFeatures(
                newKey(), AUTHOR, "", List.of(), List.of(nodes), List.of(), List.of(), List.of(), List.of());
    }

    static SaveFeatures roads(List<Link> links, List<Node> nodes, Deletion... deletions) {
        return new SaveFeatures(
                newKey(), AUTHOR, "", links, nodes, List.of(), List.of(), List.of(), List.of(deletions));
    }

    static SaveFeatures deletion(Deletion... deletions) {
        return roads(List.of(), List.of(), deletions);
    }

    static SaveFeatures rules(List<Link> links, List<Node> nodes, List<PassInfo> rules, Deletion... deletions) {
        return new SaveFeatures(newKey(), AUTHOR, "", links, nodes, List.of(), List.of(), rules, List.of(deletions));
    }

    static SaveFeatures rules(PassInfo... rules) {
        return rules(List.of(), List.of(), List.of(rules));
    }

    static SaveFeatures polygons(Polygon... polygons) {
        return new SaveFeatures(
                newKey(), AUTHOR, "", List.of(), List.of(), List.of(polygons), List.of(), List.of(), List.of());
    }

    static SaveFeatures polylines(Polyline... polylines) {
        return new SaveFeatures(
                newKey(), AUTHOR, "", List.of(), List.of(), List.of(), List.of(polylines), List.of(), List.of());
    }

    /** At a place of a grid. */
    static Node node(long id, int version, int column, int row) {
        return new Node(id, version, NodeKind.PLAIN, WEST + column * STEP, SOUTH + row * STEP, (byte) 9, "", List.of());
    }

    static Link link(long id, int version, Node from, Node to, String name) {
        return new Link(
                id,
                version,
                from.id(),
                to.id(),
                RoadClass.RESIDENTIAL,
                Direction.BOTH,
                (byte) 2,
                (short) 50,
                (byte) 0,
                (byte) 12,
                name,
                Points.differences(
                        new int[] {from.longitudeE7(), from.latitudeE7(), to.longitudeE7(), to.latitudeE7()}));
    }

    /** No left turn, for lorries. */
    static PassInfo rule(long id, int version, long fromLink, long viaNode, long toLink, Long... viaLinks) {
        return new PassInfo(
                id,
                version,
                fromLink,
                viaNode,
                List.of(viaLinks),
                toLink,
                PassRule.FORBIDDEN,
                Turn.LEFT,
                0,
                0,
                (byte) 0,
                "hgv",
                "bicycle",
                "");
    }

    /** Counter-clockwise around a square. */
    static Polygon square(long id, int version, int column, int row, String name) {
        int x = WEST + column * STEP;
        int y = SOUTH + row * STEP;
        return polygon(id, version, name, new Polygon.Ring(false, Points.differences(new int[] {
            x, y, x + STEP, y, x + STEP, y + STEP, x, y + STEP
        })));
    }

    static Polygon polygon(long id, int version, String name, Polygon.Ring... rings) {
        return new Polygon(id, version, PolygonKind.BUILDING, (byte) 0, (byte) 14, name, List.of(rings));
    }

    static Polyline polyline(long id, int version, int column, int row, String name) {
        int x = WEST + column * STEP;
        int y = SOUTH + row * STEP;
        return new Polyline(id, version, PolylineKind.RAILWAY, (byte) 0, (byte) 8, name, Points.differences(new int[] {
            x, y, x + STEP, y + STEP
        }));
    }
}
