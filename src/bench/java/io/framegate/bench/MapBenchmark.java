package io.framegate.bench;

import io.framegate.launch.EmbeddedDatabase;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Area;
import io.framegate.map.message.Ellipsoid;
import io.framegate.map.message.LoadLinksByArea;
import io.framegate.map.message.LoadNodesByArea;
import io.framegate.map.message.LoadPolygonsByArea;
import io.framegate.map.message.LoadPolylinesByArea;
import io.framegate.map.message.Points;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Grid;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.Deflater;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Area queries through the gate beside a bare JDBC program that fetches the same bytes from the same tables, with and
 * without compression: on the extract of Liechtenstein alone, and on a grid of its copies with a million features.
 *
 * <pre>
 *  system property   default  meaning
 *  bench.rounds            5  each of so many pairs of measurements, alternating
 *  bench.scenarios            a regular expression of "data set, compression"; all where it is not given
 *  bench.repeats          40  answers in one measurement; its figure is their median
 * </pre>
 *
 * An answer is all four kinds of features of the area, asked one after the other. The city is 5 km × 5 km around Vaduz, the
 * country is the whole extract. JDBC runs the plainest statement there is: count and {@code string_agg} by box. The gate
 * answers twice: made anew every time, and with the answers that it keeps.
 */
public final class MapBenchmark {

    private static final Path EXTRACT = Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf");
    private static final List<String> TABLES = List.of("link", "node", "polygon", "polyline");
    private static final Area CITY = new Area(Ellipsoid.WGS84, 0, 9.490, 47.120, 9.556, 47.165);
    private static final Area COUNTRY = new Area(Ellipsoid.WGS84, 0, 9.4, 47.0, 9.7, 47.3);

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int repeats = Integer.getInteger("bench.repeats", 40);
    private final Map<String, List<Double>> millis = new LinkedHashMap<>();

    private MapBenchmark() {}

    public static void main(String[] args) throws Exception {
        new MapBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (EmbeddedDatabase embedded =
                EmbeddedDatabase.start(directory.resolve("map-postgresql"), directory.resolve("map-postgresql.log"))) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(embedded.address().url());
            database.setUser(embedded.address().user());
            prepare(database);
            for (String dataSet : List.of("liechtenstein", "grid")) {
                for (String compression : List.of("none", "zlib")) {
                    if (!(dataSet + ", " + compression).matches(System.getProperty("bench.scenarios", ".*"))) {
                        continue;
                    }
                    try (Subject gate = gate(embedded, dataSet, compression, "-Dframegate.answers.kept=0");
                            Subject keeping = gate(embedded, dataSet, compression)) {
                        compare(dataSet, compression, gate, keeping, database);
                    }
                }
            }
        }
        print();
    }

    private static Subject gate(EmbeddedDatabase database, String dataSet, String compression, String... more)
            throws Exception {
        List<String> options = new ArrayList<>(List.of(more));
        options.add("-Dframegate.map.data-set=" + dataSet);
        options.add("-Dframegate.compression.algorithm=" + compression);
        return Subject.gate(
                Path.of("target", "framegate.war"),
                database.address().url(),
                database.address().user(),
                options.toArray(String[]::new));
    }

    private void prepare(PGSimpleDataSource database) throws Exception {
        MapSchema.migrate(database);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set search_path to map");
            try (ResultSet sets = statement.executeQuery("select count(*) from data_set where name = 'grid'")) {
                sets.next();
                if (sets.getInt(1) > 0) {
                    return;
                }
            }
            new MapLoader(database, (phase, done, total) -> {}).load(EXTRACT, "liechtenstein");
            Grid.replicate(connection, "liechtenstein");
            statement.execute("checkpoint");
        }
    }

    private void compare(String dataSet, String compression, Subject gate, Subject keeping, PGSimpleDataSource database)
            throws Exception {
        boolean deflated = compression.equals("zlib");
        try (Connection connection = database.getConnection();
                RawClient client = new RawClient(new InetSocketAddress("127.0.0.1", gate.port()));
                RawClient keepingClient = new RawClient(new InetSocketAddress("127.0.0.1", keeping.port()))) {
            connection.createStatement().execute("set search_path to map");
            for (Map.Entry<String, Area> area :
                    Map.of("city", CITY, "country", COUNTRY).entrySet()) {
                Bare bare = new Bare(connection, dataSet, area.getValue(), deflated);
                Gate through = new Gate(client, area.getValue());
                Gate again = new Gate(keepingClient, area.getValue());
                // The same bytes, or the comparison says nothing.
                if (!deflated && through.answer() != bare.answer()) {
                    throw new IllegalStateException("the gate and JDBC do not answer the same number of bytes");
                }
                if (through.answer() != again.answer()) {
                    throw new IllegalStateException("a kept answer has not the same number of bytes");
                }
                median(bare::answer, 2 * repeats);
                median(through::answer, 2 * repeats);
                median(again::answer, 2 * repeats);
                String row = area.getKey() + ", " + dataSet + ", " + (deflated ? "zlib 1" : "not compressed");
                for (int round = 0; round < rounds; round++) {
                    millis.computeIfAbsent(row + ", framegate", key -> new ArrayList<>())
                            .add(median(through::answer, repeats));
                    millis.computeIfAbsent(row + ", again", key -> new ArrayList<>())
                            .add(median(again::answer, repeats));
                    millis.computeIfAbsent(row + ", JDBC", key -> new ArrayList<>())
                            .add(median(bare::answer, repeats));
                }
            }
        }
    }

    /** Something that answers, and says how many bytes of payload. */
    @FunctionalInterface
    private interface Answer {
        long answer() throws Exception;
    }

    private static double median(Answer answer, int times) throws Exception {
        double[] taken = new double[times];
        for (int i = 0; i < times; i++) {
            long begun = System.nanoTime();
            answer.answer();
            taken[i] = (System.nanoTime() - begun) / 1e6;
        }
        Arrays.sort(taken);
        return taken[times / 2];
    }

    /** Frames through the gate, one kind after the other. */
    private record Gate(RawClient client, Area area) {

        long answer() throws IOException {
            long bytes = 0;
            for (Record request : List.of(
                    new LoadLinksByArea(area),
                    new LoadNodesByArea(area),
                    new LoadPolygonsByArea(area),
                    new LoadPolylinesByArea(area))) {
                client.send(Frames.of(request));
                byte[] frame = client.receive();
                if (frame == null || FrameHeader.id(frame, 0) == 500201) {
                    throw new IOException("no answer to " + request);
                }
                bytes += frame.length - FrameHeader.BYTES - 1 - Integer.BYTES;
            }
            return bytes;
        }
    }

    /** What one would write without a server: the statement, the bytes, a deflater. */
    private static final class Bare {

        private final List<PreparedStatement> statements = new ArrayList<>();
        private final boolean deflated;
        private final byte[] out = new byte[64 * 1024];

        Bare(Connection connection, String dataSet, Area area, boolean deflated) throws SQLException {
            this.deflated = deflated;
            for (String table : TABLES) {
                PreparedStatement statement =
                        connection.prepareStatement("select count(*), string_agg(record, ''::bytea)"
                                + " from " + table + " where data_set = (select id from data_set where name = ?)"
                                + " and bbox && box(point(?, ?), point(?, ?))");
                statement.setString(1, dataSet);
                statement.setDouble(2, area.west() * Points.UNITS_PER_DEGREE);
                statement.setDouble(3, area.south() * Points.UNITS_PER_DEGREE);
                statement.setDouble(4, area.east() * Points.UNITS_PER_DEGREE);
                statement.setDouble(5, area.north() * Points.UNITS_PER_DEGREE);
                statements.add(statement);
            }
        }

        long answer() throws SQLException {
            long bytes = 0;
            for (PreparedStatement statement : statements) {
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    byte[] records = result.getBytes(2);
                    bytes += deflated ? deflate(records) : records.length;
                }
            }
            return bytes;
        }

        private long deflate(byte[] records) {
            Deflater deflater = new Deflater(Deflater.BEST_SPEED);
            try {
                deflater.setInput(records);
                deflater.finish();
                while (!deflater.finished()) {
                    deflater.deflate(out);
                }
                return deflater.getBytesWritten();
            } finally {
                deflater.end();
            }
        }
    }

    private void print() {
        System.out.println("| answer | framegate ms | JDBC ms | ratio | given again ms | times as fast |\n"
                + "|---|---|---|---|---|---|");
        for (String key : millis.keySet()) {
            if (key.endsWith(", framegate")) {
                String row = key.substring(0, key.lastIndexOf(','));
                double gate = middle(millis.get(key));
                double bare = middle(millis.get(row + ", JDBC"));
                double again = middle(millis.get(row + ", again"));
                System.out.printf(
                        Locale.ROOT,
                        "| %s | %s | %s | %.2f | %s | %.1f |%n",
                        row,
                        spread(millis.get(key)),
                        spread(millis.get(row + ", JDBC")),
                        gate / bare,
                        spread(millis.get(row + ", again")),
                        gate / again);
            }
        }
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String spread(List<Double> values) {
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f – %.2f)",
                middle(values),
                values.stream().mapToDouble(value -> value).min().orElse(0),
                values.stream().mapToDouble(value -> value).max().orElse(0));
    }
}
