package io.framegate.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Area;
import io.framegate.map.message.Changes;
import io.framegate.map.message.Direction;
import io.framegate.map.message.ElementKind;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.Link;
import io.framegate.map.message.LinksV2;
import io.framegate.map.message.LoadChangesSince;
import io.framegate.map.message.LoadLinksByAreaV2;
import io.framegate.map.message.LoadPolygonsByMapIdV2;
import io.framegate.map.message.Node;
import io.framegate.map.message.NodeKind;
import io.framegate.map.message.PageRequest;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.PolygonsV2;
import io.framegate.map.message.RoadClass;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.message.SaveResult;
import io.framegate.map.message.SaveResult.Outcome;
import io.framegate.map.message.Sheet;
import io.framegate.message.ErrorResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Edits in the container, whose transactions they are. */
@ArquillianTest
class EditIT {

    private static final int CLIENTS = 4;
    private static final int SAVES = 60;
    private static final int FRAME_ID_BYTES = 4;

    private final Deployed deployed = new Deployed();

    @Deployment(testable = false)
    static WebArchive war() throws Exception {
        return Deployed.war();
    }

    @BeforeEach
    void awaitReady() throws Exception {
        deployed.awaitReady();
        deployed.await("/health/ready", "framegate-map");
    }

    @Test
    void savesARoadAndTellsItToOthers() throws Exception {
        try (RawClient client = deployed.connect()) {
            client.send(Frames.of(new LoadChangesSince("", LoadChangesSince.FROM_NOW_ON, 0, List.of())));
            long since = client.receive(Changes.class).next();
            Node from = node(-1, 60_000_000);
            Node to = node(-2, 60_100_000);
            SaveFeatures save = save(List.of(link(0, 0, from, to)), List.of(from, to), List.of());
            client.send(Frames.of(save));
            SaveResult result = client.receive(SaveResult.class);
            assertEquals(Outcome.SAVED, result.outcome(), result::toString);
            client.send(Frames.of(save));
            assertEquals(result, client.receive(SaveResult.class));
            client.send(Frames.of(new LoadChangesSince("", since, 0, List.of())));
            Changes changes = client.receive(Changes.class);
            assertEquals(3, changes.changes().size());
            assertEquals(result.changeNumber(), changes.next());
            Area area = new Area(Ellipsoid.WGS84, 0, 5.9, 47.0, 6.1, 47.2);
            client.send(Frames.of(new LoadLinksByAreaV2(area, new PageRequest("", 0, 0, "", false, false))));
            LinksV2 links = client.receive(LinksV2.class);
            assertTrue(links.end().complete());
            assertEquals(1, links.links().size());
            Link stored = links.links().toList().get(0);
            assertEquals(result.saved().get(0).id(), stored.id());
            // A conflict rolls back what was written before it was seen.
            Node third = node(-1, 60_200_000);
            client.send(Frames.of(save(
                    List.of(new Link(
                            stored.id(),
                            7,
                            stored.fromNode(),
                            stored.toNode(),
                            stored.roadClass(),
                            stored.direction(),
                            (byte) 0,
                            (short) 0,
                            (byte) 0,
                            (byte) 0,
                            "",
                            stored.points())),
                    List.of(third),
                    List.of())));
            SaveResult conflict = client.receive(SaveResult.class);
            assertEquals(Outcome.CONFLICT, conflict.outcome());
            assertEquals(
                    List.of(new SaveResult.Conflict(ElementKind.LINK, stored.id(), 1, false)), conflict.conflicts());
            client.send(Frames.of(new LoadChangesSince("", changes.next(), 0, List.of())));
            assertEquals(List.of(), client.receive(Changes.class).changes());
        }
    }

    @Test
    void walksThroughASheetOverOneConnection() throws Exception {
        try (RawClient client = deployed.connect()) {
            List<Long> ids = new ArrayList<>();
            String continuation = "";
            do {
                PageRequest page = new PageRequest("", 1000, 0, continuation, true, true);
                client.send(Frames.of(new LoadPolygonsByMapIdV2(new Sheet(12, "N47E00915"), page)));
                PolygonsV2 polygons = client.receive(PolygonsV2.class);
                polygons.polygons().toList().forEach(polygon -> ids.add(polygon.id()));
                continuation = polygons.end().continuation();
            } while (!continuation.isEmpty());
            assertTrue(ids.size() > 1000, () -> ids.size() + " polygons");
            assertEquals(ids.size(), new TreeSet<>(ids).size());
        }
    }

    /**
     * Connections to the database die at any moment, those of commits too. Clients send each save until it is answered;
     * what is stored is each of them once.
     */
    @Test
    void storesEverySaveOnceWhileConnectionsDie() throws Exception {
        AtomicInteger working = new AtomicInteger(CLIENTS);
        List<Callable<Integer>> tasks = new ArrayList<>();
        String name = UUID.randomUUID().toString();
        for (int i = 0; i < CLIENTS; i++) {
            tasks.add(() -> {
                try {
                    return saveAll(name);
                } finally {
                    working.decrementAndGet();
                }
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        int refused = 0;
        int killed = 0;
        try (Connection database = database();
                Statement statement = database.createStatement()) {
            List<Future<Integer>> clients = new ArrayList<>();
            tasks.forEach(task -> clients.add(threads.submit(task)));
            while (working.get() > 0) {
                killed += count(
                        statement,
                        "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity where"
                                + " application_name = 'framegate' and state <> 'idle' limit 1) one");
                // The server's own clock: some time in which saves can succeed.
                statement.execute("select pg_sleep(0.1)");
            }
            for (Future<Integer> client : clients) {
                refused += client.get();
            }
            System.out.println("Measured: " + CLIENTS * SAVES + " saves, " + killed + " connections killed, " + refused
                    + " answers that were not a result");
            assertTrue(killed > 0);
            assertEquals(
                    CLIENTS * SAVES, count(statement, "select count(*) from map.polygon where name = '" + name + "'"));
            assertEquals(
                    CLIENTS * SAVES, count(statement, "select count(*) from map.change where author = '" + name + "'"));
            assertEquals(
                    count(statement, "select count(*) from map.change"),
                    count(statement, "select last from map.change_counter"));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns how many answers were no result. */
    private int saveAll(String name) throws Exception {
        int refused = 0;
        try (RawClient client = deployed.connect()) {
            for (int i = 0; i < SAVES; i++) {
                SaveFeatures save = new SaveFeatures(
                        UUID.randomUUID().toString(),
                        name,
                        "",
                        List.of(),
                        List.of(),
                        List.of(square(name)),
                        List.of(),
                        List.of(),
                        List.of());
                boolean saved = false;
                while (!saved) {
                    client.send(Frames.of(save));
                    byte[] frame = client.receive();
                    saved = frame != null && idOf(frame) == idOf(Frames.of(emptyResult()));
                    if (!saved) {
                        String sentence =
                                Frames.message(frame, ErrorResponse.class).text();
                        assertTrue(
                                sentence.startsWith("Nothing was saved") || sentence.startsWith("Outcome unknown"),
                                sentence);
                        refused++;
                    }
                }
            }
        }
        return refused;
    }

    private static SaveResult emptyResult() {
        return new SaveResult(Outcome.SAVED, 0, List.of(), List.of(), List.of());
    }

    private static int idOf(byte[] frame) {
        int id = 0;
        for (int i = FRAME_ID_BYTES - 1; i >= 0; i--) {
            id = id << Byte.SIZE | frame[i] & 0xFF;
        }
        return id;
    }

    private static Connection database() throws SQLException {
        return DriverManager.getConnection(
                System.getProperty("framegate.it.database.url"), TestDatabase.USER, TestDatabase.USER);
    }

    private static int count(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static SaveFeatures save(List<Link> links, List<Node> nodes, List<Polygon> polygons) {
        return new SaveFeatures(
                UUID.randomUUID().toString(), "Ada", "", links, nodes, polygons, List.of(), List.of(), List.of());
    }

    private static Node node(long id, int longitudeE7) {
        return new Node(id, 0, NodeKind.PLAIN, longitudeE7, 471_000_000, (byte) 0, "", List.of());
    }

    private static Link link(long id, int version, Node from, Node to) {
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
                "",
                Points.differences(
                        new int[] {from.longitudeE7(), from.latitudeE7(), to.longitudeE7(), to.latitudeE7()}));
    }

    private static Polygon square(String name) {
        int x = 60_000_000;
        int y = 471_000_000;
        return new Polygon(
                0,
                0,
                PolygonKind.BUILDING,
                (byte) 0,
                (byte) 14,
                name,
                List.of(new Polygon.Ring(
                        false, Points.differences(new int[] {x, y, x + 100, y, x + 100, y + 100, x, y + 100}))));
    }
}
