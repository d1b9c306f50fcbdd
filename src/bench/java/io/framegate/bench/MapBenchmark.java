package io.framegate.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.framegate.bench.guest.GeoJsonResource;
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
import io.framegate.message.ErrorResponse;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Grid;
import io.framegate.testkit.RawClient;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.Deflater;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Area queries through the gate beside a bare JDBC program that fetches the same bytes from the same tables, with and
 * without compression: on the extract of Liechtenstein alone, and on a grid of its copies with a million features.
 *
 * <pre>
 *  system property   default  meaning
 *  bench.rounds            5  of measurements
 *  bench.scenarios            a regular expression of "data set, compression"; all where it is not given
 *  bench.repeats          40  answers in one measurement of time; its figure is their median
 *  bench.warmup-millis  8000  of each before its times are measured
 *  bench.millis         3000  of one measurement of a rate
 *  bench.publish       false  whether src/docs/benchmark-map.md is written
 * </pre>
 *
 * An answer is all four kinds of features of the area, asked one after the other; and once more asked for at once, as
 * the protocol lets a client do, so that the gate works on them at the same time. The city is 5 km × 5 km around Vaduz, the
 * country is the whole extract. JDBC runs the plainest statement there is: count and {@code string_agg} by box. The gate
 * answers three times: made anew every time, with all blocks fetched from the database for it; made anew of blocks in memory, as where the areas of
 * editors overlap; and given again, of the answers that it keeps.
 *
 * <p>The time of an answer is measured on one connection, of all in turn, the rate of answers on {@value #CONNECTIONS}, each asking again
 * as soon as it is answered. A rate is also measured of an endpoint of Jakarta REST in the same Payara that gives the same
 * features as GeoJSON with gzip: see {@link GeoJsonResource}. The scenario {@value #PROPORTION} asks for areas that double, up
 * to all of a million features, with no block in memory, since there is not room for all.
 */
public final class MapBenchmark {

    private static final Path EXTRACT = Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf");
    private static final List<String> TABLES = List.of("link", "node", "polygon", "polyline");
    private static final Area CITY = new Area(Ellipsoid.WGS84, 0, 9.490, 47.120, 9.556, 47.165);
    private static final Area COUNTRY = new Area(Ellipsoid.WGS84, 0, 9.4, 47.0, 9.7, 47.3);

    private static final Map<String, String> TITLES =
            Map.of("none", "not compressed", "zlib", "zlib 1", "zstd", "Zstandard");

    /** Another row of {@code bench.scenarios}. */
    private static final String PROPORTION = "grid, proportion";

    private static final String NO_ANSWERS_KEPT = "-Dframegate.response-cache.max-size=0";
    private static final String NO_BLOCKS_KEPT = "-Dframegate.map.kept-blocks=0";
    private static final int CONNECTIONS = 8;
    private static final int UNMEASURED = 6;

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private final int repeats = Integer.getInteger("bench.repeats", 40);
    private final int warmUpMillis = Integer.getInteger("bench.warmup-millis", 8000);
    private final int rateMillis = Integer.getInteger("bench.millis", 3000);
    private final Map<String, List<Double>> millis = new LinkedHashMap<>();
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();
    private final Map<String, List<Double>> serverMillis = new LinkedHashMap<>();
    private final Map<String, List<Double>> databaseMillis = new LinkedHashMap<>();
    private final Map<String, Long> bytes = new LinkedHashMap<>();
    private final List<Step> steps = new ArrayList<>();

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
            database.setPassword(embedded.address().password());
            prepare(database);
            ProcessHandle postmaster = embedded.process().orElseThrow();
            for (String dataSet : List.of("liechtenstein", "grid")) {
                for (String compression : List.of("none", "zlib", "zstd")) {
                    if (!(dataSet + ", " + compression).matches(System.getProperty("bench.scenarios", ".*"))) {
                        continue;
                    }
                    try (Subject gate = gate(embedded, dataSet, compression, NO_ANSWERS_KEPT);
                            Subject fetching = gate(embedded, dataSet, compression, NO_ANSWERS_KEPT, NO_BLOCKS_KEPT);
                            Subject keeping = gate(embedded, dataSet, compression)) {
                        compare(dataSet, compression, new Gates(gate, fetching, keeping), database, postmaster);
                        System.out.println(markdown());
                    }
                }
            }
            if (PROPORTION.matches(System.getProperty("bench.scenarios", ".*"))) {
                try (Subject gate = gate(embedded, Grid.NAME, "none", NO_ANSWERS_KEPT, NO_BLOCKS_KEPT)) {
                    proportion(gate);
                }
            }
        }
        Files.writeString(directory.resolve("map.md"), markdown());
        if (Boolean.getBoolean("bench.publish")) {
            Files.writeString(Path.of("src", "docs", "benchmark-map.md"), markdown());
        }
    }

    private static Subject gate(EmbeddedDatabase database, String dataSet, String compression, String... more)
            throws Exception {
        List<String> options = new ArrayList<>(List.of(more));
        options.add("-Dframegate.map.data-set=" + dataSet);
        // A client that says that it takes Zstandard gets it where others get zlib.
        options.add("-Dframegate.compression.algorithm=" + (compression.equals("zstd") ? "zlib" : compression));
        return Subject.gate(
                Subjects.war(
                        Path.of("target", "bench", "framegate-map.war"),
                        List.of(
                                GeoJsonResource.class,
                                Class.forName(GeoJsonResource.class.getName() + "$Gzip"),
                                Class.forName(GeoJsonResource.class.getPackageName() + ".JsonText"))),
                database.address(),
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

    /** One that keeps no answers, one that keeps no blocks either, and one that keeps both. */
    private record Gates(Subject gate, Subject fetching, Subject keeping) {}

    private void compare(
            String dataSet, String compression, Gates gates, PGSimpleDataSource database, ProcessHandle postmaster)
            throws Exception {
        try (Connection connection = database.getConnection();
                RawClient client = client(gates.gate(), compression);
                RawClient fetchingClient = client(gates.fetching(), compression);
                RawClient keepingClient = client(gates.keeping(), compression)) {
            connection.createStatement().execute("set search_path to map");
            Map<String, Area> areas = new LinkedHashMap<>();
            areas.put("city", CITY);
            areas.put("country", COUNTRY);
            // All of it before anything is measured: the first area is not to pay for what the second finds compiled.
            for (Area area : areas.values()) {
                Bare bare = new Bare(connection, dataSet, area, compression);
                Gate through = new Gate(client, area);
                Gate fetched = new Gate(fetchingClient, area);
                Gate again = new Gate(keepingClient, area);
                // The same bytes, or the comparison says nothing.
                if (compression.equals("none") && through.answer() != bare.answer()) {
                    throw new IllegalStateException("the gate and JDBC do not answer the same number of bytes");
                }
                if (through.answer() != through.answerAtOnce()) {
                    throw new IllegalStateException("an answer asked at once has not the same number of bytes");
                }
                if (through.answer() != again.answer() || through.answer() != fetched.answer()) {
                    throw new IllegalStateException(
                            "a kept answer or one of fetched blocks has not the same number of bytes");
                }
                warmUp(bare::answer);
                warmUp(through::answer);
                warmUp(through::answerAtOnce);
                warmUp(fetched::answer);
                warmUp(again::answer);
            }
            for (Map.Entry<String, Area> area : areas.entrySet()) {
                Bare bare = new Bare(connection, dataSet, area.getValue(), compression);
                Gate through = new Gate(client, area.getValue());
                Gate fetched = new Gate(fetchingClient, area.getValue());
                Gate again = new Gate(keepingClient, area.getValue());
                String row = area.getKey() + ", " + dataSet + ", " + TITLES.get(compression);
                Map<String, Answer> answers = new LinkedHashMap<>();
                answers.put(row + ", framegate", through::answer);
                answers.put(row + ", at once", through::answerAtOnce);
                answers.put(row + ", fetched", fetched::answer);
                answers.put(row + ", again", again::answer);
                answers.put(row + ", JDBC", bare::answer);
                for (int round = 0; round < rounds; round++) {
                    measure(answers);
                }
                rates(row, area.getValue(), compression, gates, postmaster);
            }
        }
    }

    /** Answer by answer in turn, so that what else the machine does meets all of them alike. */
    private void measure(Map<String, Answer> answers) throws Exception {
        Map<String, double[]> taken = new LinkedHashMap<>();
        // A statement is prepared at the server from its fifth run on.
        for (int i = -UNMEASURED; i < repeats; i++) {
            for (Map.Entry<String, Answer> answer : answers.entrySet()) {
                long begun = System.nanoTime();
                answer.getValue().answer();
                if (i >= 0) {
                    taken.computeIfAbsent(answer.getKey(), key -> new double[repeats])[i] =
                            (System.nanoTime() - begun) / 1e6;
                }
            }
        }
        taken.forEach((what, times) -> {
            Arrays.sort(times);
            millis.computeIfAbsent(what, key -> new ArrayList<>()).add(times[repeats / 2]);
        });
    }

    private void rates(String row, Area area, String compression, Gates gates, ProcessHandle postmaster)
            throws Exception {
        Subject gate = gates.gate();
        Map<String, Asked> subjects = new LinkedHashMap<>();
        subjects.put(row + ", framegate", asked(gate, area, compression));
        subjects.put(row + ", fetched", asked(gates.fetching(), area, compression));
        subjects.put(row + ", again", asked(gates.keeping(), area, compression));
        if (!compression.equals("none")) {
            subjects.put(row + ", GeoJSON", new Asked(gate, () -> {
                GeoJsonClient client = new GeoJsonClient(gate.httpPort());
                return new Asking(() -> client.answer(area), client);
            }));
            try (RawClient client = new RawClient(new InetSocketAddress("127.0.0.1", gate.port()));
                    GeoJsonClient json = new GeoJsonClient(gate.httpPort())) {
                long features = new Gate(client, area).features();
                if (json.features(area) != features) {
                    throw new IllegalStateException("GeoJSON has not the same number of features");
                }
            }
        }
        for (Map.Entry<String, Asked> subject : subjects.entrySet()) {
            try (Asking asking = subject.getValue().source().connect()) {
                bytes.put(subject.getKey(), asking.answer().answer());
            }
            // The text's way has more to compile than the bytes' way.
            rate(subject.getValue(), 3 * rateMillis, postmaster);
        }
        for (int round = 0; round < rounds; round++) {
            for (Map.Entry<String, Asked> subject : subjects.entrySet()) {
                Rate rate = rate(subject.getValue(), rateMillis, postmaster);
                add(rates, subject.getKey(), rate.perSecond());
                add(serverMillis, subject.getKey(), rate.serverMillis());
                add(databaseMillis, subject.getKey(), rate.databaseMillis());
            }
        }
    }

    private static void add(Map<String, List<Double>> figures, String row, double figure) {
        figures.computeIfAbsent(row, key -> new ArrayList<>()).add(figure);
    }

    /** An answer of so many features, which are so many bytes: the gate's CPU time for it, and how long it took. */
    private record Step(long features, long bytes, double cpuMillis, double millis) {}

    /** Areas that double, of one copy of the extract to all of the grid. */
    private void proportion(Subject gate) throws Exception {
        try (RawClient client = client(gate, "none")) {
            Gate country = new Gate(client, COUNTRY);
            warmUp(country::answer);
            for (int[] copies : new int[][] {{1, 1}, {2, 1}, {2, 2}, {4, 2}, {4, 4}, {6, 4}}) {
                Gate asked = new Gate(
                        client,
                        new Area(
                                Ellipsoid.WGS84,
                                0,
                                COUNTRY.west(),
                                COUNTRY.south(),
                                COUNTRY.east() + (copies[0] - 1) * Grid.STEP_DEGREES,
                                COUNTRY.north() + (copies[1] - 1) * Grid.STEP_DEGREES));
                long features = asked.features();
                List<Step> measured = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    measured.add(step(gate, asked, features));
                }
                measured.sort(Comparator.comparingDouble(Step::cpuMillis));
                steps.add(measured.get(rounds / 2));
                System.out.println(steps.get(steps.size() - 1));
            }
        }
    }

    private Step step(Subject gate, Gate asked, long features) throws IOException {
        double cpu = gate.cpuSeconds();
        long begun = System.nanoTime();
        long nanos = 0;
        long payload = 0;
        int answers = 0;
        // Long enough for a clock of hundredths of a second.
        while (answers == 0 || nanos < 2 * rateMillis * 1_000_000L) {
            payload = asked.answer();
            answers++;
            nanos = System.nanoTime() - begun;
        }
        return new Step(features, payload, (gate.cpuSeconds() - cpu) * 1e3 / answers, nanos / 1e6 / answers);
    }

    private static RawClient client(Subject gate, String compression) throws IOException {
        RawClient client = new RawClient(new InetSocketAddress("127.0.0.1", gate.port()));
        if (compression.equals("zstd")) {
            client.send(Frames.of(new HelloRequest(1, "benchmark", new int[] {Capability.ZSTD.code()})));
            client.receive();
        }
        return client;
    }

    private static Asked asked(Subject gate, Area area, String compression) {
        return new Asked(gate, () -> {
            RawClient client = client(gate, compression);
            return new Asking(new Gate(client, area)::answer, client);
        });
    }

    /** A server, and how to ask it. */
    private record Asked(Subject server, Source source) {}

    /** Makes a connection. */
    @FunctionalInterface
    private interface Source {
        Asking connect() throws Exception;
    }

    /** A connection and what is asked on it. */
    private record Asking(Answer answer, AutoCloseable connection) implements AutoCloseable {

        @Override
        public void close() throws Exception {
            connection.close();
        }
    }

    /** Answers per second, and the CPU time of each, of the server and of PostgreSQL. */
    private record Rate(double perSecond, double serverMillis, double databaseMillis) {}

    /** Of so many connections with one request in flight each. */
    private static Rate rate(Asked asked, int millis, ProcessHandle postmaster) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            double server = asked.server().cpuSeconds();
            double database = ProcessTime.withChildren(postmaster);
            long begun = System.nanoTime();
            long until = begun + millis * 1_000_000L;
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                counts.add(threads.submit(() -> {
                    long answered = 0;
                    try (Asking asking = asked.source().connect()) {
                        while (System.nanoTime() < until) {
                            asking.answer().answer();
                            answered++;
                        }
                    }
                    return answered;
                }));
            }
            long answered = 0;
            for (Future<Long> count : counts) {
                answered += count.get();
            }
            return new Rate(
                    answered * 1e9 / (System.nanoTime() - begun),
                    (asked.server().cpuSeconds() - server) * 1e3 / answered,
                    (ProcessTime.withChildren(postmaster) - database) * 1e3 / answered);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Something that answers, and says how many bytes of payload. */
    @FunctionalInterface
    private interface Answer {
        long answer() throws Exception;
    }

    private void warmUp(Answer answer) throws Exception {
        long until = System.nanoTime() + warmUpMillis * 1_000_000L;
        while (System.nanoTime() < until) {
            answer.answer();
        }
    }

    /** Frames through the gate, one kind after the other. */
    private record Gate(RawClient client, Area area) {

        long answer() throws IOException {
            long bytes = 0;
            for (Record request : requests()) {
                bytes += ask(request).length - FrameHeader.BYTES - 1 - Integer.BYTES;
            }
            return bytes;
        }

        /** As {@link #answer()}, but all kinds are asked for before the first answer is read. */
        long answerAtOnce() throws IOException {
            List<Record> requests = requests();
            for (Record request : requests) {
                client.send(Frames.of(request));
            }
            long bytes = 0;
            for (Record request : requests) {
                bytes += received(request).length - FrameHeader.BYTES - 1 - Integer.BYTES;
            }
            return bytes;
        }

        long features() throws IOException {
            long features = 0;
            for (Record request : requests()) {
                byte[] frame = ask(request);
                Envelope.Payload payload = new Envelope(FrameHeader.MAX_BODY_BYTES, 1, true)
                        .open(frame, FrameHeader.BYTES, frame.length - FrameHeader.BYTES);
                features += ByteBuffer.wrap(payload.bytes(), payload.offset(), Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt();
            }
            return features;
        }

        private List<Record> requests() {
            return List.of(
                    new LoadLinksByArea(area),
                    new LoadNodesByArea(area),
                    new LoadPolygonsByArea(area),
                    new LoadPolylinesByArea(area));
        }

        private byte[] ask(Record request) throws IOException {
            client.send(Frames.of(request));
            return received(request);
        }

        private byte[] received(Record request) throws IOException {
            byte[] frame = client.receive();
            if (frame == null) {
                throw new IOException("the connection is closed, where an answer was expected to " + request);
            }
            if (FrameHeader.id(frame, 0) == ErrorResponse.ID) {
                throw new IOException(request + " was answered by " + Frames.message(frame, ErrorResponse.class));
            }
            return frame;
        }
    }

    /** What one would write without a server: the statement, the bytes, a deflater. */
    private static final class Bare {

        private final List<PreparedStatement> statements = new ArrayList<>();
        private final String compression;
        private final byte[] out = new byte[64 * 1024];
        private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(1);

        Bare(Connection connection, String dataSet, Area area, String compression) throws SQLException {
            this.compression = compression;
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
                    bytes += switch (compression) {
                        case "zlib" -> deflate(records);
                        case "zstd" -> zstd(records);
                        default -> records.length;
                    };
                }
            }
            return bytes;
        }

        private long zstd(byte[] records) {
            byte[] compressed = new byte[(int) Zstd.compressBound(records.length)];
            return zstd.compress(compressed, records);
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

    private String markdown() {
        StringBuilder text = new StringBuilder("# Area queries\n\n");
        text.append(String.format(
                Locale.ROOT,
                "Measured %s: %d cores, %s, Java %s, by `mvn -Pbench -Dbench.main=MapBenchmark -Dbench.scenarios='%s'"
                        + " -Dbench.rounds=%d -Dbench.repeats=%d -Dbench.warmup-millis=%d -Dbench.millis=%d`; load, server and database share the"
                        + " machine. Medians of the rounds, in brackets least and most. An answer is all four kinds of"
                        + " features of the area, asked one after the other, made anew of blocks in memory; all fetched is"
                        + " with none in memory.%n%n",
                LocalDate.now(ZoneOffset.UTC),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("java.version"),
                System.getProperty("bench.scenarios", ".*"),
                rounds,
                repeats,
                warmUpMillis,
                rateMillis));
        text.append(
                "Milliseconds of an answer, on one connection; at once is with all four requests sent before the first"
                        + " answer is read:\n\n"
                        + "| answer | framegate | JDBC | ratio | at once | ratio | all fetched | ratio | given again | times as fast |\n"
                        + "|---|---|---|---|---|---|---|---|---|---|\n");
        for (String row : rows(millis)) {
            List<Double> gate = millis.get(row + ", framegate");
            List<Double> bare = millis.get(row + ", JDBC");
            List<Double> atOnce = millis.get(row + ", at once");
            List<Double> fetched = millis.get(row + ", fetched");
            List<Double> again = millis.get(row + ", again");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.2f | %s | %.2f | %s | %.2f | %s | %.1f |%n",
                    row,
                    spread(gate),
                    spread(bare),
                    middle(gate) / middle(bare),
                    spread(atOnce),
                    middle(atOnce) / middle(bare),
                    spread(fetched),
                    middle(fetched) / middle(bare),
                    spread(again),
                    middle(gate) / middle(again)));
        }
        text.append(String.format(
                Locale.ROOT,
                "%nAnswers per second, on %d connections; GeoJSON is that of a Jakarta REST endpoint in the same Payara, with"
                        + " gzip, level 1, whatever the gate compresses by:%n%n"
                        + "| answer | framegate | GeoJSON | times as often | of its bytes | all fetched | of GeoJSON | given again | of framegate |%n"
                        + "|---|---|---|---|---|---|---|---|---|%n",
                CONNECTIONS));
        for (String row : rows(rates)) {
            List<Double> gate = rates.get(row + ", framegate");
            List<Double> fetched = rates.get(row + ", fetched");
            List<Double> again = rates.get(row + ", again");
            List<Double> json = rates.get(row + ", GeoJSON");
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s | %s | %s | %.1f |%n",
                    row,
                    spread(gate),
                    json == null ? "" : spread(json),
                    json == null ? "" : times(gate, json),
                    json == null
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "%.2f",
                                    (double) bytes.get(row + ", framegate") / bytes.get(row + ", GeoJSON")),
                    spread(fetched),
                    json == null ? "" : times(fetched, json),
                    spread(again),
                    middle(again) / middle(gate)));
        }
        text.append("\nMilliseconds of CPU for each of these answers, of the server and of PostgreSQL:\n\n"
                + "| answer | framegate | PostgreSQL | all fetched | PostgreSQL | given again | PostgreSQL | GeoJSON | PostgreSQL |\n"
                + "|---|---|---|---|---|---|---|---|---|\n");
        for (String row : rows(rates)) {
            text.append("| ").append(row);
            for (String answer : List.of("framegate", "fetched", "again", "GeoJSON")) {
                List<Double> server = serverMillis.get(row + ", " + answer);
                List<Double> database = databaseMillis.get(row + ", " + answer);
                text.append(
                        server == null
                                ? " |  | "
                                : String.format(Locale.ROOT, " | %.2f | %.2f", middle(server), middle(database)));
            }
            text.append(" |\n");
        }
        if (!steps.isEmpty()) {
            text.append(
                    "\nWhether cost grows in proportion, on one connection, not compressed, all blocks fetched; CPU is that of the gate, time that of"
                            + " all three:\n\n"
                            + "| features | MB | CPU, ms | for each million features | ms | for each million features |\n"
                            + "|---|---|---|---|---|---|\n");
        }
        for (Step step : steps) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %,d | %.1f | %.1f | %.0f | %.1f | %.0f |%n",
                    step.features(),
                    step.bytes() / 1e6,
                    step.cpuMillis(),
                    step.cpuMillis() * 1e6 / step.features(),
                    step.millis(),
                    step.millis() * 1e6 / step.features()));
        }
        return text.toString();
    }

    private static String times(List<Double> one, List<Double> other) {
        return String.format(Locale.ROOT, "%.1f", middle(one) / middle(other));
    }

    private static List<String> rows(Map<String, List<Double>> figures) {
        return figures.keySet().stream()
                .filter(key -> key.endsWith(", framegate"))
                .map(key -> key.substring(0, key.lastIndexOf(',')))
                .toList();
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
