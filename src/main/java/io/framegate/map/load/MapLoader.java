package io.framegate.map.load;

import io.framegate.map.load.LoadProgress.Phase;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Loads a map file as a data set: an OpenStreetMap extract in PBF, or GeoJSON as the command line exports it, which is
 * told by the end of its name, {@code .geojson} or {@code .json}.
 *
 * <p>First the whole file is read, and its features wait on disk; so a file that is cut short or damaged never touches
 * the database. Then one transaction makes tables, copies the features into them, and hangs them in as partitions,
 * instead of those of a data set of the same name if there is one; or, for an update, changes that data set where it differs
 * ({@link DataSetUpdate}). Others see the old data set until the commit, and the new one from then on; a load that is killed
 * leaves nothing.
 *
 * <p><b>Threads.</b> A loader may be used by several threads; loads into one database wait for each other, on an
 * advisory lock. Interrupting the thread ends a load at the next block or row, with nothing stored; only while the
 * database builds its indexes the end of that is waited for.
 */
public final class MapLoader {

    /** Whom OpenStreetMap's data is by: to be shown wherever the data is. */
    public static final String ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0";

    /** "FGmapLD1" in ASCII: any number that others are unlikely to lock. Loads and the upkeep of blocks hold it. */
    static final long LOAD_LOCK = 0x46476D61704C4431L;

    private static final int LOCK_RETRY_MILLIS = 250;
    private static final int NO_TIMEOUT = 0;
    private static final int IN_NO_BLOCK = 0;
    private static final int COPY_BUFFER_BYTES = 64 * 1024;

    /** Signature, no flags, no extension: the head of PostgreSQL's binary COPY format. */
    private static final byte[] COPY_HEAD = ByteBuffer.allocate(19)
            .put("PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1))
            .array();

    /** A count of −1 columns: the end of the data. */
    private static final byte[] COPY_END = {-1, -1};

    private final DataSource database;
    private final LoadProgress progress;

    /**
     * @param database has the map's schema; its connections unwrap to {@link PGConnection}
     * @param progress is told how far each load is
     */
    public MapLoader(DataSource database, LoadProgress progress) {
        this.database = database;
        this.progress = progress;
    }

    /**
     * Loads a file, in place of a data set of the same name if there is one.
     *
     * @param file an OpenStreetMap extract in PBF, or GeoJSON
     * @param dataSet the name it is to have
     * @throws MapFileException for a file that is empty, damaged, or without features
     * @throws InterruptedIOException when the thread is interrupted
     * @throws SQLException if the database fails
     */
    public LoadReport load(Path file, String dataSet) throws IOException, SQLException {
        return load(file, dataSet, LoadMode.REPLACE).orElseThrow();
    }

    /**
     * As above, in any mode.
     *
     * @return nothing if the mode does not go with what there is, even with a data set that somebody else is loading just now
     */
    public Optional<LoadReport> load(Path file, String dataSet, LoadMode mode) throws IOException, SQLException {
        long start = System.nanoTime();
        try (FeatureStream features = new FeatureStream()) {
            int brokenAreas = 0;
            int brokenTurns = 0;
            String attribution = ATTRIBUTION;
            if (GeoJsonFile.isNamed(file)) {
                GeoJsonFile text = new GeoJsonFile(file);
                text.read(features, progress);
                attribution = text.attribution();
            } else {
                FeatureBuilder builder = new FeatureBuilder(new OsmFile(file), features, progress);
                builder.build();
                brokenAreas = builder.brokenAreas();
                brokenTurns = builder.brokenTurns();
            }
            if (features.rows() == 0) {
                throw new MapFileException(file, Files.size(file), "is the end, and no feature came before it");
            }
            Optional<Stored> stored = store(new Origin(file, attribution), dataSet, mode, features);
            if (stored.isEmpty()) {
                return Optional.empty();
            }
            List<Integer> counts = stored.get().counts();
            return Optional.of(new LoadReport(
                    dataSet,
                    counts.get(0),
                    counts.get(1),
                    counts.get(2),
                    counts.get(3),
                    counts.get(4),
                    counts.get(5),
                    counts.get(6),
                    brokenAreas,
                    brokenTurns,
                    stored.get().update(),
                    Duration.ofNanos(System.nanoTime() - start)));
        } catch (ClosedByInterruptException e) {
            // The same said by a file channel, which leaves the thread interrupted.
            Thread.interrupted();
            throw interrupted();
        }
    }

    /** Returns nothing, with nothing changed, if the mode does not go with what there is. */
    private Optional<Stored> store(Origin origin, String dataSet, LoadMode mode, FeatureStream features)
            throws IOException, SQLException {
        try (Connection connection = database.getConnection()) {
            int networkTimeoutMillis = connection.getNetworkTimeout();
            // An index may take longer than any answer is waited for.
            connection.setNetworkTimeout(Runnable::run, NO_TIMEOUT);
            connection.setAutoCommit(false);
            try {
                lock(connection);
                Optional<Integer> there = idOf(connection, dataSet);
                Optional<Stored> stored = Optional.empty();
                if (mode == LoadMode.UPDATE ? there.isPresent() : mode == LoadMode.REPLACE || there.isEmpty()) {
                    Optional<UpdateReport> update = Optional.empty();
                    if (mode == LoadMode.UPDATE) {
                        update = Optional.of(update(connection, origin, there.orElseThrow(), features));
                    } else {
                        copy(connection, origin, dataSet, features);
                    }
                    stored = Optional.of(new Stored(counts(connection, dataSet), update));
                }
                connection.commit();
                giveBack(connection, networkTimeoutMillis);
                return stored;
            } catch (IOException | SQLException | RuntimeException e) {
                try {
                    connection.rollback();
                    giveBack(connection, networkTimeoutMillis);
                } catch (SQLException gone) {
                    // The connection went with the load; so the database has rolled back by itself.
                    e.addSuppressed(gone);
                }
                throw e;
            }
        }
    }

    /** Leaves a connection as the pool has given it. */
    private static void giveBack(Connection connection, int networkTimeoutMillis) throws SQLException {
        connection.setAutoCommit(true);
        connection.setNetworkTimeout(Runnable::run, networkTimeoutMillis);
    }

    private static void lock(Connection connection) throws IOException, SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_try_advisory_xact_lock(?)")) {
            statement.setLong(1, LOAD_LOCK);
            while (!isTrue(statement)) {
                Thread.sleep(LOCK_RETRY_MILLIS);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static Optional<Integer> idOf(Connection connection, String dataSet) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select id from map.data_set where name = ?")) {
            statement.setString(1, dataSet);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
            }
        }
    }

    private static List<Integer> counts(Connection connection, String dataSet) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "select links, nodes, polygons, polylines, pass_infos, polygons_3d, heights_3d"
                        + " from map.data_set where name = ?")) {
            statement.setString(1, dataSet);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                List<Integer> counts = new ArrayList<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    counts.add(row.getInt(column));
                }
                return counts;
            }
        }
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void copy(Connection connection, Origin origin, String dataSet, FeatureStream features)
            throws IOException, SQLException {
        int id;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select map.begin_load()")) {
            row.next();
            id = row.getInt(1);
        }
        Copying copying = new Copying(connection.unwrap(PGConnection.class), features.rows());
        try (BlockSpool blocks = new BlockSpool()) {
            for (FeatureTable table : FeatureTable.values()) {
                blocks.begin(table);
                copying.copy(table.copyStatement(), features.spool(table), (row, length) -> {
                    SpooledFeature feature = SpooledFeature.of(row, length);
                    return feature.endWithPlace(blocks.add(feature));
                });
                blocks.end();
            }
            copying.copy(BlockSpool.COPY_STATEMENT, blocks.rows(), (row, length) -> length);
        }
        progress.at(Phase.INDEXING, 0, 1);
        try (PreparedStatement statement = connection.prepareStatement("select map.finish_load(?, ?, ?, ?)")) {
            statement.setInt(1, id);
            statement.setString(2, dataSet);
            statement.setString(3, origin.fileName());
            statement.setString(4, origin.attribution());
            statement.execute();
        }
        progress.at(Phase.INDEXING, 1, 1);
    }

    private UpdateReport update(Connection connection, Origin origin, int dataSet, FeatureStream features)
            throws IOException, SQLException {
        DataSetUpdate update = new DataSetUpdate(connection, dataSet, progress);
        update.begin();
        Copying copying = new Copying(connection.unwrap(PGConnection.class), features.rows());
        for (FeatureTable table : FeatureTable.values()) {
            copying.copy(table.copyStatement(), features.spool(table), (row, length) -> SpooledFeature.of(row, length)
                    .endWithPlace(IN_NO_BLOCK));
        }
        return update.finish(origin.fileName(), origin.attribution());
    }

    private static InterruptedIOException interrupted() {
        return new InterruptedIOException("the load was interrupted");
    }

    /** Where features come from: the file, and whom its data is by. */
    private record Origin(Path file, String attribution) {

        String fileName() {
            return String.valueOf(file.getFileName());
        }
    }

    /** What there is now: counts in the order of {@link FeatureTable}. */
    private record Stored(List<Integer> counts, Optional<UpdateReport> update) {}

    /** Completes a row in its buffer. */
    @FunctionalInterface
    private interface Completed {

        /** @return how many bytes the row has then */
        int row(byte[] buffer, int length) throws IOException;
    }

    /** Rows on their way into the database, in pieces of some size. */
    private final class Copying {

        private final PGConnection connection;
        private final long total;
        private final ByteBuffer buffer = ByteBuffer.allocate(COPY_BUFFER_BYTES);
        private long done;

        Copying(PGConnection connection, long total) {
            this.connection = connection;
            this.total = total;
        }

        /** @param completed gives a row its last column */
        void copy(String statement, FeatureSpool spool, Completed completed) throws IOException, SQLException {
            CopyIn copy = connection.getCopyAPI().copyIn(statement);
            try {
                put(copy, COPY_HEAD, COPY_HEAD.length);
                spool.<SQLException>forEach((row, length) -> {
                    if (Thread.interrupted()) {
                        throw interrupted();
                    }
                    put(copy, row, completed.row(row, length));
                    done = Math.min(done + 1, total);
                    progress.at(Phase.STORING, done, total);
                });
                put(copy, COPY_END, COPY_END.length);
                flush(copy);
                copy.endCopy();
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        }

        private void put(CopyIn copy, byte[] bytes, int length) throws SQLException {
            if (length > buffer.remaining()) {
                flush(copy);
            }
            if (length > buffer.capacity()) {
                copy.writeToCopy(bytes, 0, length);
            } else {
                buffer.put(bytes, 0, length);
            }
        }

        private void flush(CopyIn copy) throws SQLException {
            copy.writeToCopy(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }
}
