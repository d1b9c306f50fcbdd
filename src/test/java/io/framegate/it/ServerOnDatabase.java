package io.framegate.it;

import io.framegate.guest.AddNoteRequest;
import io.framegate.launch.DatabaseAddress;
import io.framegate.launch.EmbeddedDatabase;
import io.framegate.launch.LaunchFailure;
import io.framegate.map.message.Polygon;
import io.framegate.map.message.PolygonKind;
import io.framegate.map.message.SaveFeatures;
import io.framegate.map.store.MapSchema;
import io.framegate.testkit.DatabaseProxy;
import io.framegate.testkit.ServerProcess;
import io.framegate.testkit.Standby;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Payara Micro with the WAR and the tests' guests, and a PostgreSQL of its own behind a proxy: processes that a test can kill,
 * stall and start again. The data set that it serves is empty.
 */
final class ServerOnDatabase implements AutoCloseable {

    static final String DATA_SET = "edited";

    private final Path directory;
    private final Path dataDirectory;
    private EmbeddedDatabase database;
    private @Nullable DatabaseProxy proxy;
    private @Nullable ServerProcess server;

    private ServerOnDatabase(Path directory, Path dataDirectory) throws LaunchFailure {
        this.directory = directory;
        this.dataDirectory = dataDirectory;
        this.database = EmbeddedDatabase.start(dataDirectory, databaseLog());
    }

    /**
     * Starts all of it.
     *
     * @param name of a directory below {@code target}, with the logs
     */
    static ServerOnDatabase start(String name) throws Exception {
        Path directory = directory(name);
        ServerOnDatabase both = withDatabase(directory, Files.createTempDirectory(directory, "data-"));
        try {
            both.startServer(both.war());
            return both;
        } catch (Exception e) {
            both.close();
            throw e;
        }
    }

    /** A directory below {@code target}, for the logs. */
    static Path directory(String name) throws IOException {
        return Files.createDirectories(Path.of("target", name).toAbsolutePath());
    }

    /** Starts PostgreSQL with its files in an empty directory, and no server yet. */
    static ServerOnDatabase withDatabase(Path directory, Path dataDirectory) throws Exception {
        ServerOnDatabase both = new ServerOnDatabase(directory, dataDirectory);
        try {
            both.proxy = new DatabaseProxy(both.databasePort());
            both.makeDataSet();
            return both;
        } catch (Exception e) {
            both.close();
            throw e;
        }
    }

    private void makeDataSet() throws SQLException {
        MapSchema.migrate(dataSource());
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select map.begin_load()");
            statement.execute("select map.finish_load((select last_value::integer from map.data_set_id), '" + DATA_SET
                    + "', 'no file', 'nobody')");
            connection.commit();
        }
    }

    /**
     * Starts the server, and waits until its TCP port is open.
     *
     * @param more settings of its JVM
     */
    void startServer(Path war, String... more) throws IOException {
        List<String> options = new ArrayList<>(settings());
        options.addAll(List.of(more));
        server = new ServerProcess(war, serverLog(), options.toArray(String[]::new));
    }

    /** What the server says. */
    Path serverLog() {
        return directory.resolve("server.log");
    }

    /** Writes the WAR with the tests' guests; they inject a persistence context, for which the container wants a database. */
    Path war() {
        Path war = directory.resolve("framegate.war");
        Deployed.war()
                .addPackage(AddNoteRequest.class.getPackage())
                .as(ZipExporter.class)
                .exportTo(war.toFile(), true);
        return war;
    }

    /** What a JVM has to be told to find the database. */
    List<String> settings() {
        return List.of(
                "-Dframegate.database.url=jdbc:postgresql://127.0.0.1:" + proxy().port()
                        + address().getPath(),
                "-Dframegate.database.user=" + database.address().user(),
                "-Dframegate.database.password=" + database.address().password(),
                "-Dframegate.map.data-set=" + DATA_SET);
    }

    /** A save of one new house with the key for its name. */
    static SaveFeatures house(String key) {
        Polygon house = new Polygon(
                0, 0, PolygonKind.BUILDING, (byte) 0, (byte) 14, key, List.of(new Polygon.Ring(false, new int[] {
                    95_000_000, 471_000_000, 1000, 0, 0, 1000, -1000, 0
                })));
        return new SaveFeatures(
                key, "tester", "", List.of(), List.of(), List.of(house), List.of(), List.of(), List.of());
    }

    /** Where the server's TCP port is. */
    InetSocketAddress port() {
        return server().address();
    }

    ServerProcess server() {
        return Objects.requireNonNull(server, "no server yet");
    }

    /** Between the two. */
    DatabaseProxy proxy() {
        return Objects.requireNonNull(proxy);
    }

    /** Ends PostgreSQL with all its processes ({@code kill -9}) and starts it again, on another port behind the same proxy. */
    void killDatabase() throws Exception {
        Standby.kill(database);
        startDatabase();
    }

    /**
     * Makes a standby.
     *
     * @param name by which the database that it streams from knows it
     * @param streamed from which it streams: this one, or another standby of it
     */
    Standby standby(String name, DatabaseAddress streamed) throws Exception {
        return Standby.of(
                dataDirectory,
                database.address(),
                streamed,
                dataDirectory.resolveSibling(dataDirectory.getFileName() + "-" + name),
                name);
    }

    /** Ends PostgreSQL with all its processes ({@code kill -9}), and has a standby take over. */
    void failOver(Standby standby) throws Exception {
        Standby.kill(database);
        standby.promote();
        database = standby.database();
    }

    /** Stops PostgreSQL in order. */
    void stopDatabase() {
        database.close();
    }

    /** Starts what was stopped, on another port behind the same proxy. */
    void startDatabase() throws Exception {
        database = EmbeddedDatabase.start(dataDirectory, databaseLog());
        proxy().target(databasePort());
    }

    /** Stops PostgreSQL in order, copies its files, and starts it again. */
    Path copyDatabase() throws Exception {
        stopDatabase();
        Path copy = dataDirectory.resolveSibling(dataDirectory.getFileName() + "-copy");
        run("cp", "-a", dataDirectory.toString(), copy.toString());
        startDatabase();
        return copy;
    }

    /** Stops PostgreSQL in order, and starts it on what its files were when they were copied. */
    void putBack(Path copy) throws Exception {
        stopDatabase();
        run("rm", "-r", dataDirectory.toString());
        run("cp", "-a", copy.toString(), dataDirectory.toString());
        startDatabase();
    }

    private static void run(String... command) throws Exception {
        int exitCode = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exitCode != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + exitCode);
        }
    }

    /** Whether PostgreSQL has not ended by itself. */
    boolean isDatabaseAlive() {
        return database.process().map(ProcessHandle::isAlive).orElse(false);
    }

    /** Has the database itself do something. */
    void execute(String statement) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    /** The rows of a query, asked of the database itself: a text and a number each. */
    Map<String, Integer> counts(String query) throws SQLException {
        Map<String, Integer> counts = new HashMap<>();
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getInt(2));
            }
        }
        return counts;
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        database.close();
    }

    private Path databaseLog() {
        return directory.resolve("postgresql.log");
    }

    private URI address() {
        return URI.create(database.address().url().substring("jdbc:".length()));
    }

    String databasePassword() {
        return database.address().password();
    }

    DatabaseAddress databaseAddress() {
        return database.address();
    }

    int databasePort() {
        return address().getPort();
    }

    private PGSimpleDataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(database.address().url());
        source.setUser(database.address().user());
        source.setPassword(database.address().password());
        return source;
    }
}
