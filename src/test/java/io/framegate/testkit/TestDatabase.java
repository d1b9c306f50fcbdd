package io.framegate.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.postgresql.ds.PGPoolingDataSource;

/**
 * A real PostgreSQL for the tests: one server for the whole JVM, started by the first test that wants a database, on a
 * free port, with its files under {@code target/}; stopped with the JVM. Each {@link #create} is an empty database of
 * its own, so tests do not see each other.
 */
public final class TestDatabase {

    /** The only user; it has no password to speak of. */
    public static final String USER = "postgres";

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name;

    private TestDatabase(String name) {
        this.name = name;
    }

    /** Makes an empty database. */
    public static TestDatabase create() {
        String name = "test_" + NUMBER.incrementAndGet();
        run("create database " + name);
        return new TestDatabase(name);
    }

    /** Makes it empty again; whoever still uses it is cut off. */
    public void clear() {
        run("drop database " + name + " with (force)");
        run("create database " + name);
    }

    private static void run(String command) {
        try (Connection connection = Server.INSTANCE.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        } catch (SQLException e) {
            throw new IllegalStateException("no test database", e);
        }
    }

    /** Connections without a pool. */
    public DataSource dataSource() {
        return Server.INSTANCE.getDatabase(USER, name);
    }

    /** Up to 16 connections that are kept: for many requests at once. */
    @SuppressWarnings("deprecation") // The driver advises against its own pool in production.
    public DataSource pooled() {
        PGPoolingDataSource pool = new PGPoolingDataSource();
        pool.setUrl(url());
        pool.setUser(USER);
        pool.setMaxConnections(16);
        return pool;
    }

    /** Where it is, for JDBC. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + Server.INSTANCE.getPort() + "/" + name;
    }

    /** The server, started when this class is first used. */
    private static final class Server {

        private static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                Path directory = Files.createDirectories(Path.of("target", "test-database"));
                return EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(
                                directory.resolve("binaries").toAbsolutePath().toFile())
                        .setDataDirectory(Files.createTempDirectory(directory, "data-"))
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
