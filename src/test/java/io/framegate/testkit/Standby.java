package io.framegate.testkit;

import io.framegate.launch.DatabaseAddress;
import io.framegate.launch.EmbeddedDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A standby of a real PostgreSQL, which streams from it and can take over: made from a copy of its files while it runs, by
 * PostgreSQL's functions for that, so no program is needed that embedded binaries lack ({@code pg_basebackup}).
 */
public final class Standby implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final EmbeddedDatabase database;

    private Standby(EmbeddedDatabase database) {
        this.database = database;
    }

    /**
     * Copies a database, and starts the copy as a standby.
     *
     * @param files the data directory of the database, which nobody changes much now
     * @param copied where it is
     * @param streamed from which it streams: the same, or another standby of it
     * @param directory for its files, which isn't there yet
     * @param name by which the other one knows it
     */
    public static Standby of(Path files, DatabaseAddress copied, DatabaseAddress streamed, Path directory, String name)
            throws Exception {
        try (Connection connection = connect(copied);
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_backup_start('" + name + "', true)");
            copy(files, directory);
            try (ResultSet row = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                row.next();
                Files.writeString(directory.resolve("backup_label"), row.getString(1));
            }
        }
        for (String ofItsProcess : List.of("postmaster.pid", "postmaster.opts", "epg-lock")) {
            Files.deleteIfExists(directory.resolve(ofItsProcess));
        }
        Files.createFile(directory.resolve("standby.signal"));
        Files.writeString(
                directory.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + port(streamed) + " user=" + streamed.user() + " password="
                        + streamed.password() + " application_name=" + name
                        + "'\nwal_retrieve_retry_interval = 100ms\n",
                StandardOpenOption.APPEND,
                StandardOpenOption.CREATE);
        return new Standby(
                EmbeddedDatabase.start(directory, directory.resolveSibling(directory.getFileName() + ".log")));
    }

    /** Files that vanish meanwhile are those of temporary use. */
    private static void copy(Path files, Path directory) throws IOException, InterruptedException {
        new ProcessBuilder("cp", "-a", files.toString(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (!Files.exists(directory.resolve("PG_VERSION"))) {
            throw new IOException(files + " can't be copied to " + directory);
        }
    }

    /** Where it is. */
    public DatabaseAddress address() {
        return database.address();
    }

    /** The port of a database. */
    public static int port(DatabaseAddress address) {
        return URI.create(address.url().substring("jdbc:".length())).getPort();
    }

    /** It, as of any database. */
    public EmbeddedDatabase database() {
        return database;
    }

    /** From now on it gets nothing more. Returns when it has replayed all that it has got. */
    public void cutOff() throws SQLException {
        execute("alter system set primary_conninfo = ''");
        execute("select pg_reload_conf()");
        Gate.await(
                "it still streams",
                PATIENCE_SECONDS,
                () -> is("not exists (select from pg_stat_wal_receiver)"
                        + " and pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()"));
    }

    /** Takes over: returns when it takes changes. */
    public void promote() throws SQLException {
        if (!is("pg_promote(true, " + PATIENCE_SECONDS + ")")) {
            throw new SQLException("it was not promoted");
        }
        Gate.await("it takes no changes", PATIENCE_SECONDS, () -> is("not pg_is_in_recovery()"));
    }

    /** Whether something is so, said by an expression. */
    public boolean is(String condition) {
        return is(address(), condition);
    }

    /** As above, asked of any database. */
    public static boolean is(DatabaseAddress address, String condition) {
        try (Connection connection = connect(address);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + condition)) {
            row.next();
            return row.getBoolean(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private void execute(String statement) throws SQLException {
        try (Connection connection = connect(address());
                Statement executed = connection.createStatement()) {
            executed.execute(statement);
        }
    }

    /** Ends a database with all its processes at once ({@code kill -9}). */
    public static void kill(EmbeddedDatabase database) throws Exception {
        ProcessHandle postmaster = database.process().orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(postmaster.descendants().toList());
        postmaster.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        postmaster.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        database.close();
    }

    private static Connection connect(DatabaseAddress address) throws SQLException {
        return DriverManager.getConnection(address.url(), address.user(), address.password());
    }

    @Override
    public void close() {
        database.close();
    }
}
