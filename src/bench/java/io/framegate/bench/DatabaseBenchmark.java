package io.framegate.bench;

import io.framegate.bench.guest.Account;
import io.framegate.bench.guest.Note;
import io.framegate.bench.guest.NoteByStatementSaved;
import io.framegate.bench.guest.NoteInBatchSaved;
import io.framegate.bench.guest.NotePool;
import io.framegate.bench.guest.NoteSaved;
import io.framegate.bench.guest.ReadRow;
import io.framegate.bench.guest.ReadRowInBatch;
import io.framegate.bench.guest.ReadRowInBatchWorker;
import io.framegate.bench.guest.ReadRowWorker;
import io.framegate.bench.guest.Row;
import io.framegate.bench.guest.RowInBatch;
import io.framegate.bench.guest.SaveNote;
import io.framegate.bench.guest.SaveNoteByStatement;
import io.framegate.bench.guest.SaveNoteByStatementWorker;
import io.framegate.bench.guest.SaveNoteInBatch;
import io.framegate.bench.guest.SaveNoteInBatchWorker;
import io.framegate.bench.guest.SaveNoteWorker;
import io.framegate.launch.EmbeddedDatabase;
import io.framegate.map.load.MapLoader;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.Frames;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Workers that read and save by JPA beside pgbench, on the same PostgreSQL ({@code fsync} on), at the same number of
 * connections with one request in flight each; round after round, every subject in turn. What is worked in batches is also
 * measured with {@value #IN_FLIGHT} in flight, as of editors that do not wait for one save before they send the next.
 *
 * <pre>
 *  system property   default  meaning
 *  bench.rounds            5
 *  bench.millis         3000  of one measurement; pgbench takes whole seconds
 *  bench.warmup-millis  8000  of each of the gate's, before the first measurement
 *  bench.scenarios            a regular expression of rows' names; all where it is not given
 *  bench.threads          16  of the gate's workers
 *  bench.publish       false  whether the README's own table is written, under src/docs
 * </pre>
 *
 * pgbench, of the Debian package {@code postgresql-15} or later, runs prepared statements in two threads: it is a program in
 * C without a wire protocol of its own in between. Its reads are those of {@code pgbench -S}, its saves an insert of the
 * same row that a worker saves. The tables are emptied before each measurement. The map's save is a new polygon: three
 * rows, with its history and its key. The results are {@code target/bench/database.md} and {@code .json}.
 */
public final class DatabaseBenchmark {

    private static final String TEXT = "A note of some forty characters, or more.";
    private static final String DATA_SET = "liechtenstein";
    private static final Path EXTRACT = Path.of("target", "map-data", "liechtenstein", "liechtenstein.osm.pbf");
    private static final int ACCOUNTS = 100_000;
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+) \\(without");
    private static final int SAVE_RESULT = 501001;
    private static final String WARMED_UP = ", 64";
    private static final int IN_FLIGHT = 16;

    /** The share of a rate's requests that had an answer when it was told, at least. */
    private static final double SURELY = 0.9;

    /** In which a PostgreSQL process that does nothing tells what it has counted. */
    private static final int STATISTICS_SECONDS = 20;

    private static final String PERSISTENCE =
            """
            <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.0">
              <persistence-unit name="bench" transaction-type="JTA">
                <jta-data-source>%s</jta-data-source>
                <class>%s</class>
                <class>%s</class>
                <exclude-unlisted-classes>true</exclude-unlisted-classes>
                <shared-cache-mode>ENABLE_SELECTIVE</shared-cache-mode>
                <properties>
                  <property name="eclipselink.jdbc.batch-writing" value="JDBC"/>
                  <property name="eclipselink.logging.level" value="OFF"/>
                  <property name="eclipselink.concurrency.manager.waittime" value="1000"/>
                </properties>
              </persistence-unit>
            </persistence>
            """
                    .formatted(NotePool.JNDI_NAME, Account.class.getName(), Note.class.getName());

    /**
     * Accounts are only read, so no unit of work is needed for them. EclipseLink does without one where an entity may be in the
     * cache that all share; that of these keeps nothing, so that every read is the database's.
     */
    private static final String READ_ONLY =
            """
            <entity-mappings xmlns="http://www.eclipse.org/eclipselink/xsds/persistence/orm" version="3.0">
              <entity class="%s" read-only="true" cacheable="true">
                <cache isolation="SHARED" type="NONE"/>
              </entity>
            </entity-mappings>
            """
                    .formatted(Account.class.getName());

    private final int rounds = Integer.getInteger("bench.rounds", 5);
    private int millis = Integer.getInteger("bench.millis", 3000);
    private final int threads = Integer.getInteger("bench.threads", 16);
    private final String wanted = System.getProperty("bench.scenarios", ".*");
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    /** What is measured: a name and a way to a rate. */
    private record Measured(String name, Rate rate) {}

    /** What the gate is asked. */
    private record Asked(String name, boolean inBatches, int responseId, Supplier<Record> messages) {

        Supplier<byte[]> requests() {
            return () -> Frames.of(messages.get());
        }
    }

    /** Something that is done as often as possible. */
    @FunctionalInterface
    private interface Rate {
        double perSecond() throws Exception;
    }

    /** A row of the table: the gate's figure over pgbench's. */
    private record Comparison(String name, String gate, String bare) {}

    private DatabaseBenchmark() {}

    public static void main(String[] args) throws Exception {
        new DatabaseBenchmark().run();
    }

    private void run() throws Exception {
        Path directory = Files.createDirectories(Path.of("target", "bench"));
        try (EmbeddedDatabase embedded = EmbeddedDatabase.start(
                directory.resolve("database-postgresql"), directory.resolve("database-postgresql.log"))) {
            PGSimpleDataSource database = new PGSimpleDataSource();
            database.setUrl(embedded.address().url());
            database.setUser(embedded.address().user());
            database.setPassword(embedded.address().password());
            prepare(database, embedded);
            try (Subject gate =
                    Subject.gate(war(directory), embedded.address(), "-Dframegate.workers.threads=" + threads)) {
                measure(gate, database, embedded);
            }
        }
        Files.writeString(directory.resolve("database.md"), markdown());
        Files.writeString(directory.resolve("database.json"), json());
        if (Boolean.getBoolean("bench.publish")) {
            Path docs = Files.createDirectories(Path.of("src", "docs"));
            Files.writeString(docs.resolve("benchmark-database.md"), markdown());
            Files.writeString(docs.resolve("benchmark-database.json"), json());
        }
        System.out.println(markdown());
    }

    private void prepare(PGSimpleDataSource database, EmbeddedDatabase embedded) throws Exception {
        MapSchema.migrate(database);
        boolean loaded;
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            try (ResultSet sets = statement.executeQuery("select count(*) from map.data_set")) {
                sets.next();
                loaded = sets.getInt(1) > 0;
            }
            statement.execute("drop table if exists bench_note, bench_note_bare");
            statement.execute("drop sequence if exists bench_note_id, bench_note_bare_id");
            statement.execute("create sequence bench_note_id increment 1000 start 1000");
            statement.execute("create sequence bench_note_bare_id");
            for (String table : List.of("bench_note", "bench_note_bare")) {
                statement.execute("create table " + table
                        + " (id bigint primary key, author integer not null, text text not null)");
            }
        }
        if (!loaded) {
            new MapLoader(database, (phase, done, total) -> {}).load(EXTRACT, DATA_SET);
        }
        pgbench(embedded, "-i", "-q", "-s", String.valueOf(ACCOUNTS / 100_000));
    }

    /** That it is the database that answers, not a cache of the container's: it must tell of as many look-ups by key. */
    private static void checkReads(PGSimpleDataSource database, long before, double answered) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STATISTICS_SECONDS);
        long lookUps = lookUps(database) - before;
        while (lookUps < answered && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            lookUps = lookUps(database) - before;
        }
        System.out.printf(Locale.ROOT, "%,.0f reads and more were %,d look-ups in the database%n", answered, lookUps);
        if (lookUps < answered) {
            throw new IOException("reads did not reach the database");
        }
    }

    private static long lookUps(PGSimpleDataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet sum = statement.executeQuery(
                        "select idx_scan from pg_stat_user_tables where relname = 'pgbench_accounts'")) {
            sum.next();
            return sum.getLong(1);
        }
    }

    private void measure(Subject gate, PGSimpleDataSource database, EmbeddedDatabase embedded) throws Exception {
        Path insert = script(
                "insert",
                "\\set author random(1, 1000000)\ninsert into bench_note_bare (id, author, text)"
                        + " values (nextval('bench_note_bare_id'), :author, '" + TEXT + "');\n");
        List<Measured> all = new ArrayList<>();
        for (int connections : List.of(8, 64)) {
            String at = ", " + connections;
            all.add(new Measured(
                    "pgbench, read one row" + at,
                    () -> bare(embedded, connections, "-S", "-s", String.valueOf(ACCOUNTS / 100_000))));
            all.add(new Measured(
                    "pgbench, save one row" + at, () -> bare(embedded, connections, "-f", insert.toString())));
            for (Asked one : asked()) {
                all.add(new Measured(
                        "framegate, " + one.name() + at,
                        () -> gate(gate, connections, 1, one.responseId(), one.requests())));
            }
        }
        for (Asked one : asked()) {
            if (one.inBatches()) {
                all.add(new Measured(
                        "framegate, " + one.name() + ", 64×" + IN_FLIGHT,
                        () -> gate(gate, 64, IN_FLIGHT, one.responseId(), one.requests())));
            }
        }
        all.removeIf(one -> !one.name().matches(wanted));
        // The compiler has much to do: a request through the container and JPA is some thousand methods.
        int measured = millis;
        millis = Integer.getInteger("bench.warmup-millis", 8000);
        long before = lookUps(database);
        double reads = 0;
        for (Measured one : all) {
            if (one.name().startsWith("framegate") && one.name().endsWith(WARMED_UP)) {
                double rate = one.rate().perSecond();
                System.out.printf(Locale.ROOT, "warm-up, %s: %,.0f/s%n", one.name(), rate);
                reads += one.name().contains("read") ? rate * millis / 1000 * SURELY : 0;
            }
        }
        millis = measured;
        checkReads(database, before, reads);
        for (int round = 1; round <= rounds; round++) {
            for (Measured one : all) {
                if (one.name().contains("save")) {
                    clear(database);
                }
                double perSecond = one.rate().perSecond();
                System.out.printf(Locale.ROOT, "round %d, %s: %,.0f/s%n", round, one.name(), perSecond);
                rates.computeIfAbsent(one.name(), name -> new ArrayList<>()).add(perSecond);
            }
        }
    }

    private static List<Asked> asked() {
        return List.of(
                new Asked("read one row by JPA", false, Row.ID, () -> new ReadRow(1 + random().nextInt(ACCOUNTS))),
                new Asked(
                        "read one row by JPA in batches",
                        true,
                        RowInBatch.ID,
                        () -> new ReadRowInBatch(1 + random().nextInt(ACCOUNTS))),
                new Asked("save one row by JPA", false, NoteSaved.ID, () -> new SaveNote(random().nextInt(), TEXT)),
                new Asked(
                        "save one row by JPA in batches",
                        true,
                        NoteInBatchSaved.ID,
                        () -> new SaveNoteInBatch(random().nextInt(), TEXT)),
                new Asked(
                        "save one row in batches of one statement",
                        true,
                        NoteByStatementSaved.ID,
                        () -> new SaveNoteByStatement(random().nextInt(), TEXT)),
                new Asked("save a polygon of the map", true, SAVE_RESULT, DatabaseBenchmark::house));
    }

    /** So that nobody pays for another's rows, or writes another's pages. */
    private static void clear(PGSimpleDataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("truncate bench_note, bench_note_bare, map.change, map.save");
            statement.execute("delete from map.polygon where id >= 4503599627370496");
            statement.execute("vacuum map.polygon");
            statement.execute("checkpoint");
        }
    }

    private static ThreadLocalRandom random() {
        return ThreadLocalRandom.current();
    }

    /** A house somewhere in the country. */
    private static SaveFeatures house() {
        int west = 95_000_000 + random().nextInt(800_000);
        int south = 471_000_000 + random().nextInt(800_000);
        Polygon house = new Polygon(
                0, 0, PolygonKind.BUILDING, (byte) 0, (byte) 14, "", List.of(new Polygon.Ring(false, new int[] {
                    west, south, 1000, 0, 0, 1000, -1000, 0
                })));
        return new SaveFeatures(
                UUID.randomUUID().toString(),
                "bench",
                DATA_SET,
                List.of(),
                List.of(),
                List.of(house),
                List.of(),
                List.of(),
                List.of());
    }

    private double gate(Subject gate, int connections, int inFlight, int responseId, Supplier<byte[]> requests)
            throws IOException {
        return FrameLoop.perSecond(gate.port(), connections, inFlight, millis, responseId, requests);
    }

    private double bare(EmbeddedDatabase embedded, int connections, String... options)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(
                "-n",
                "-M",
                "prepared",
                "-c",
                String.valueOf(connections),
                "-j",
                "2",
                "-T",
                String.valueOf(Math.max(1, millis / 1000))));
        all.addAll(List.of(options));
        Matcher tps = TPS.matcher(pgbench(embedded, all.toArray(String[]::new)));
        if (!tps.find()) {
            throw new IOException("pgbench told no rate");
        }
        return Double.parseDouble(tps.group(1));
    }

    private static String pgbench(EmbeddedDatabase embedded, String... options)
            throws IOException, InterruptedException {
        URI address = URI.create(embedded.address().url().substring("jdbc:".length()));
        List<String> command = new ArrayList<>(List.of("pgbench", "-h", address.getHost()));
        command.addAll(List.of(
                "-p",
                String.valueOf(address.getPort()),
                "-U",
                embedded.address().user()));
        command.addAll(List.of(options));
        command.add(address.getPath().substring(1));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", embedded.address().password());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("pgbench failed: " + said);
        }
        return said;
    }

    private static Path script(String name, String content) throws IOException {
        return Files.writeString(Path.of("target", "bench", name + ".sql"), content)
                .toAbsolutePath();
    }

    /** The WAR with the benchmark's guest in it, as a jar with a persistence unit of its own. */
    private static Path war(Path directory) throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try (JarOutputStream out = new JarOutputStream(jar)) {
            add(out, "META-INF/persistence.xml", PERSISTENCE.getBytes(StandardCharsets.UTF_8));
            add(out, "META-INF/eclipselink-orm.xml", READ_ONLY.getBytes(StandardCharsets.UTF_8));
            for (Class<?> type : List.of(
                    Account.class,
                    Note.class,
                    NotePool.class,
                    ReadRow.class,
                    Row.class,
                    ReadRowWorker.class,
                    ReadRowInBatch.class,
                    RowInBatch.class,
                    ReadRowInBatchWorker.class,
                    SaveNote.class,
                    NoteSaved.class,
                    SaveNoteWorker.class,
                    SaveNoteInBatch.class,
                    NoteInBatchSaved.class,
                    SaveNoteInBatchWorker.class,
                    SaveNoteByStatement.class,
                    NoteByStatementSaved.class,
                    SaveNoteByStatementWorker.class)) {
                String path = type.getName().replace('.', '/') + ".class";
                try (var in = type.getResourceAsStream("/" + path)) {
                    add(out, path, in.readAllBytes());
                }
            }
        }
        Path war = directory.resolve("framegate-database.war");
        Files.copy(Path.of("target", "framegate.war"), war, StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem files = FileSystems.newFileSystem(war)) {
            Files.write(files.getPath("WEB-INF", "lib", "bench-guest.jar"), jar.toByteArray());
        }
        return war;
    }

    private static void add(JarOutputStream out, String path, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(path));
        out.write(content);
        out.closeEntry();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "Measured %s: %s. %d workers' threads. %d rounds of %d ms each, alternating; medians, in brackets least and"
                        + " most. Load, server and database share the machine; fsync is on.%n%n",
                LocalDate.now(ZoneOffset.UTC),
                machine(),
                threads,
                rounds,
                millis));
        text.append("| per second | framegate | pgbench | ratio |\n|---|---|---|---|\n");
        for (Comparison row : comparisons()) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.2f |%n",
                    row.name(),
                    spread(row.gate()),
                    spread(row.bare()),
                    median(row.gate()) / median(row.bare())));
        }
        return text.toString();
    }

    private List<Comparison> comparisons() {
        List<Comparison> rows = new ArrayList<>();
        for (String name : rates.keySet()) {
            if (name.startsWith("framegate, ")) {
                String connections = name.substring(name.lastIndexOf(", "));
                String bare = (name.contains("read") ? "pgbench, read one row" : "pgbench, save one row")
                        + connections.replaceAll("×.*", "");
                if (rates.containsKey(bare)) {
                    rows.add(new Comparison(name.substring("framegate, ".length()) + " connections", name, bare));
                }
            }
        }
        return rows;
    }

    private String json() {
        JsonObjectBuilder all = Json.createObjectBuilder();
        rates.forEach((name, values) -> {
            JsonArrayBuilder array = Json.createArrayBuilder();
            values.forEach(array::add);
            all.add(name, array);
        });
        return Json.createObjectBuilder()
                .add("date", LocalDate.now(ZoneOffset.UTC).toString())
                .add("machine", machine())
                .add("rounds", rounds)
                .add("millis", millis)
                .add("perSecond", all)
                .build()
                .toString();
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + ", Java "
                + System.getProperty("java.version");
    }

    private double median(String name) {
        return sorted(name).get(rates.get(name).size() / 2);
    }

    private String spread(String name) {
        List<Double> sorted = sorted(name);
        return String.format(
                Locale.ROOT, "%,.0f (%,.0f – %,.0f)", median(name), sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private List<Double> sorted(String name) {
        return rates.get(name).stream().sorted().toList();
    }
}
