package io.framegate.map.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.map.message.Link;
import io.framegate.map.message.Node;
import io.framegate.map.message.Points;
import io.framegate.map.message.Polygon;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.TestDatabase;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of Liechtenstein in a real PostgreSQL, and what may go wrong on the way. */
class RealFileTest {

    private static final Path LIECHTENSTEIN = Path.of("target/map-data/liechtenstein/liechtenstein.osm.pbf");
    private static final Path MONACO = Path.of("target/map-data/monaco/monaco-210801.osm.pbf");

    private static final DataSource DATABASE = TestDatabase.create().dataSource();
    private static LoadReport report;
    private static StoredFeatures map;

    @TempDir
    private Path directory;

    @BeforeAll
    static void load() throws Exception {
        MapSchema.migrate(DATABASE);
        report = new MapLoader(DATABASE, LoadProgress.silent()).load(LIECHTENSTEIN, "liechtenstein");
        map = StoredFeatures.in(DATABASE);
        System.out.println("Measured: " + report);
    }

    @Test
    void storesAllThatItReports() {
        assertEquals(report.links(), map.links().size());
        assertEquals(report.nodes(), map.nodes().size());
        assertEquals(report.polygons(), map.polygons().size());
        assertEquals(report.polylines(), map.polylines().size());
        assertEquals(report.passInfos(), map.passInfos().size());
        assertEquals(report.polygons3D(), map.polygons3D().size());
        assertEquals(report.heights3D(), map.heights3D().size());
    }

    /** An earlier importer's counts; which areas and lines are worth a feature is a matter of rules. */
    @Test
    void findsAsManyFeaturesAsTheExtractHas() {
        assertEquals(11_706, report.links(), 200);
        assertEquals(9_385, report.nodes(), 200);
        assertEquals(19_459, report.polygons(), 300);
        assertEquals(1_171, report.polylines(), 117);
        // The earlier one knew no ways between.
        long atNodes = map.passInfos().stream()
                .filter(rule -> rule.viaLinks().isEmpty())
                .count();
        assertEquals(81, atNodes);
    }

    @Test
    void loadsEveryRoadCompletely() throws Exception {
        Map<Long, Integer> segmentsInFile = new TreeMap<>();
        new OsmFile(LIECHTENSTEIN)
                .read(
                        new OsmVisitor() {
                            @Override
                            public void way(long id, Map<String, String> tags, long[] nodes) {
                                if (RoadRules.roadClass(tags).isPresent()) {
                                    segmentsInFile.put(id, nodes.length - 1);
                                }
                            }
                        },
                        position -> {});
        Map<Long, Integer> segmentsStored = new TreeMap<>();
        for (Link link : map.links()) {
            segmentsStored.merge(link.id() / 4096, link.points().length / 2 - 1, Integer::sum);
        }
        assertEquals(segmentsInFile, segmentsStored);
    }

    @Test
    void joinsEveryLinkToItsNodesAndBack() {
        Map<Long, Node> nodes = new HashMap<>();
        map.nodes().forEach(node -> nodes.put(node.id(), node));
        Map<Long, TreeSet<Long>> linksOf = new HashMap<>();
        for (Link link : map.links()) {
            int[] units = Points.absolute(link.points());
            assertAt(nodes.get(link.fromNode()), units[0], units[1]);
            assertAt(nodes.get(link.toNode()), units[units.length - 2], units[units.length - 1]);
            linksOf.computeIfAbsent(link.fromNode(), id -> new TreeSet<>()).add(link.id());
            linksOf.computeIfAbsent(link.toNode(), id -> new TreeSet<>()).add(link.id());
        }
        assertEquals(linksOf.keySet(), nodes.keySet());
        nodes.values().forEach(node -> assertEquals(new ArrayList<>(linksOf.get(node.id())), node.links()));
    }

    @Test
    void turnsAndClosesEveryRing() {
        for (Polygon polygon : map.polygons()) {
            assertTrue(!polygon.rings().get(0).hole(), "the first ring of " + polygon.id() + " is a hole");
            for (Polygon.Ring ring : polygon.rings()) {
                int[] units = Points.absolute(ring.points());
                int last = units.length - 2;
                assertTrue(units.length >= 6 && (units[0] != units[last] || units[1] != units[last + 1]));
                double twice = 0;
                for (int i = 0; i < units.length; i += 2) {
                    int next = (i + 2) % units.length;
                    // From the first point, lest the products lose digits.
                    double x = units[i] - units[0];
                    double y = units[i + 1] - units[1];
                    twice += x * (units[next + 1] - units[1]) - (units[next] - units[0]) * y;
                }
                assertTrue(ring.hole() ? twice < 0 : twice > 0, "a ring of " + polygon.id() + " runs the wrong way");
            }
        }
        assertTrue(map.polygons().stream()
                .anyMatch(polygon -> polygon.rings().stream().anyMatch(Polygon.Ring::hole)));
    }

    @Test
    void showsLittleOfACountryAtLoadTypeFive() {
        long links = map.links().stream().filter(link -> link.minZoom() <= 5).count();
        long polygons = map.polygons().stream()
                .filter(polygon -> polygon.minZoom() <= 5)
                .count();
        long polylines =
                map.polylines().stream().filter(line -> line.minZoom() <= 5).count();
        assertTrue(links + polygons + polylines < 200, links + " " + polygons + " " + polylines);
    }

    @Test
    void replacesOneOfSeveralDataSets() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        MapLoader loader = new MapLoader(database, LoadProgress.silent());
        LoadReport monaco = loader.load(MONACO, "monaco");
        LoadReport first = loader.load(MONACO, "other");
        LoadReport second = loader.load(MONACO, "other");
        assertEquals(first.links(), second.links());
        assertEquals(2L * monaco.links(), StoredFeatures.number(database, "select count(*) from map.link"));
        assertEquals(2, StoredFeatures.number(database, "select count(*) from map.data_set"));
        assertEquals(
                18,
                StoredFeatures.number(
                        database,
                        "select count(*) from pg_class where relkind = 'r' and relispartition"
                                + " and relnamespace = 'map'::regnamespace"));
        assertEquals(Optional.empty(), loader.load(MONACO, "other", LoadMode.NEW));
        assertEquals(
                1,
                StoredFeatures.number(
                        database,
                        "select count(*) from map.data_set where name = 'other'"
                                + " and attribution like '%OpenStreetMap contributors%ODbL%'"));
    }

    @Test
    void loadsOnceWhenTwoServersStartTogether() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        CyclicBarrier bothHaveRead = new CyclicBarrier(2);
        LoadProgress together = (phase, done, total) -> {
            if (phase == LoadProgress.Phase.BUILDING && done == total) {
                try {
                    bothHaveRead.await(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        Callable<Boolean> server = () -> new MapLoader(database, together)
                .load(MONACO, "monaco", LoadMode.NEW)
                .isPresent();
        ExecutorService servers = Executors.newFixedThreadPool(2);
        try {
            List<Future<Boolean>> loads = List.of(servers.submit(server), servers.submit(server));
            assertTrue(loads.get(0).get() ^ loads.get(1).get());
        } finally {
            servers.shutdown();
        }
        assertEquals(1, StoredFeatures.number(database, "select count(*) from map.data_set"));
    }

    @Test
    void reportsProgressOfEachPhase() throws Exception {
        DataSource database = TestDatabase.create().dataSource();
        MapSchema.migrate(database);
        Map<LoadProgress.Phase, Long> last = new TreeMap<>();
        Map<LoadProgress.Phase, Long> totals = new TreeMap<>();
        new MapLoader(database, (phase, done, total) -> {
                    assertTrue(done >= last.getOrDefault(phase, 0L));
                    last.put(phase, done);
                    totals.put(phase, total);
                })
                .load(MONACO, "monaco");
        assertEquals(totals, last);
        // Nothing is received for a file that is here, and only an update compares.
        assertEquals(
                EnumSet.complementOf(EnumSet.of(LoadProgress.Phase.RECEIVING, LoadProgress.Phase.COMPARING)),
                last.keySet());
    }

    @Test
    void loadsNothingOfAFileThatIsCutShort() throws Exception {
        byte[] whole = Files.readAllBytes(MONACO);
        List<Long> positions = new ArrayList<>();
        // In the first header, between blocks, in the last block, a byte before the end.
        for (int length : new int[] {2, 10, 200, whole.length / 2, whole.length - 1}) {
            Path file = Files.write(directory.resolve("short.osm.pbf"), Arrays.copyOf(whole, length));
            MapFileException fault = assertLoadsNothing(file, MapFileException.class);
            assertTrue(fault.position() <= length && fault.getMessage().contains("at byte " + fault.position()));
            positions.add(fault.position());
        }
        assertEquals(positions, positions.stream().sorted().toList());
    }

    @Test
    void loadsNothingOfAFileThatIsDamaged() throws Exception {
        byte[] damaged = Files.readAllBytes(MONACO);
        for (int i = 0; i < 64; i++) {
            damaged[damaged.length / 2 + i] ^= 0x55;
        }
        MapFileException fault =
                assertLoadsNothing(Files.write(directory.resolve("damaged.osm.pbf"), damaged), MapFileException.class);
        assertTrue(fault.position() > 0 && fault.position() <= damaged.length / 2, fault.getMessage());
    }

    @Test
    void loadsNothingOfWhatIsNoMapFile() throws Exception {
        assertFault("it is empty", Files.createFile(directory.resolve("empty")));
        assertFault("there is no readable file", directory.resolve("missing"));
        assertFault("there is no block", Files.writeString(directory.resolve("text"), "<osm version=\"0.6\"/>"));
        assertFault("no feature came before it", new PbfBuilder().node(1, 0, 0).write(directory));
        assertFault(
                "a feature is required that is not known here: HistoricalInformation",
                new PbfBuilder("OsmSchema-V0.6", "HistoricalInformation").write(directory));
    }

    @Test
    void leavesNothingOfALoadWhoseConnectionDies() throws Exception {
        assertLoadsNothing(MONACO, SQLException.class, (phase, done, total) -> {
            if (phase == LoadProgress.Phase.STORING && done == total / 2) {
                try (Connection other = DATABASE.getConnection();
                        Statement statement = other.createStatement()) {
                    statement.execute("select pg_terminate_backend(pid) from pg_stat_activity"
                            + " where datname = current_database() and pid <> pg_backend_pid()");
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }
        });
    }

    @Test
    void leavesNothingOfALoadThatIsInterrupted() throws Exception {
        for (LoadProgress.Phase when : List.of(LoadProgress.Phase.READING_NODES, LoadProgress.Phase.STORING)) {
            assertLoadsNothing(MONACO, InterruptedIOException.class, (phase, done, total) -> {
                if (phase == when && done > total / 2 && done < total) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void assertFault(String words, Path file) throws Exception {
        String sentence =
                String.valueOf(assertLoadsNothing(file, MapFileException.class).getMessage());
        assertTrue(sentence.contains(words) && sentence.contains(String.valueOf(file.getFileName())), sentence);
    }

    private static <E extends Exception> E assertLoadsNothing(Path file, Class<E> fault) throws SQLException {
        return assertLoadsNothing(file, fault, LoadProgress.silent());
    }

    /** The name is that of a data set that is there: it must stay as it is. */
    private static <E extends Exception> E assertLoadsNothing(Path file, Class<E> fault, LoadProgress progress)
            throws SQLException {
        E thrown = assertThrows(fault, () -> new MapLoader(DATABASE, progress).load(file, "liechtenstein"));
        assertEquals(report.links(), StoredFeatures.number(DATABASE, "select count(*) from map.link"));
        assertEquals(report.links(), StoredFeatures.number(DATABASE, "select sum(links) from map.data_set"));
        assertEquals(
                0,
                StoredFeatures.number(
                        DATABASE,
                        "select count(*) from pg_class where relnamespace = 'map'::regnamespace"
                                + " and relname like 'loading%'"));
        return thrown;
    }

    private static void assertAt(Node node, int longitudeE7, int latitudeE7) {
        assertEquals(longitudeE7, node.longitudeE7());
        assertEquals(latitudeE7, node.latitudeE7());
    }
}
