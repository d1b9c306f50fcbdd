package io.framegate.map.start;

import io.framegate.map.MapSettings;
import io.framegate.map.load.LoadMode;
import io.framegate.map.load.MapFileException;
import io.framegate.map.load.MapLoader;
import io.framegate.map.start.MapStatus.State;
import io.framegate.map.store.MapDatabase;
import io.framegate.map.store.MapPersistence;
import io.framegate.map.store.MapSchema;
import io.framegate.message.DatabaseErrors;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.persistence.PersistenceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Gets the map ready when the application starts: waits for the database, brings it to the schema of this version, and
 * loads the first data set if one is configured and is not there yet.
 *
 * <p><b>Threads.</b> All this runs on one managed thread of its own, so that the deployment neither waits for it nor
 * fails with it. {@link #status} may be asked by any thread.
 *
 * <p><b>Order.</b> waiting-for-database → migrating → loading → ready; back to waiting when the database goes away, and
 * failed when trying again would not help: then a later load of the data set that is served makes the map ready.
 */
@ApplicationScoped
public class MapStartup {

    private static final Logger LOG = System.getLogger(MapStartup.class.getName());
    private static final long FIRST_RETRY_MILLIS = 100;
    private static final long LAST_RETRY_MILLIS = 2000;

    // Set by the container before the first call, and never after.
    private MapSettings settings;
    private MapDatabase database;
    private MapPersistence persistence;

    @Resource
    private ManagedThreadFactory threads;

    // Written by the map's own thread until it ends, and by that of a load after that.
    private volatile MapStatus status = MapStatus.of(State.WAITING_FOR_DATABASE, "");

    private final MapThread thread = new MapThread();

    /** For the container's proxy. */
    protected MapStartup() {}

    @Inject
    MapStartup(MapSettings settings, MapDatabase database, MapPersistence persistence) {
        this.settings = settings;
        this.database = database;
        this.persistence = persistence;
    }

    /** How the map is doing. */
    public MapStatus status() {
        return status;
    }

    /**
     * Is told that a data set was loaded later on, after the start is ready or has failed: if it is the one that is served,
     * the status becomes what there is now.
     */
    public void loaded(String dataSet) {
        if (dataSet.equals(settings.dataSet())) {
            try {
                readCounts(database.dataSource()).ifPresent(now -> status = now);
            } catch (SQLException e) {
                LOG.log(Level.WARNING, "The new counts of the map {0} cannot be read: {1}", dataSet, e.getMessage());
            }
        }
    }

    void applicationStarted(@Observes @Initialized(ApplicationScoped.class) Object event) {
        start(threads);
    }

    void start(ThreadFactory threadFactory) {
        thread.start(threadFactory, "framegate-map-startup", this::run);
    }

    /** Ends the start where it is under way, and waits for its end for some seconds. */
    @PreDestroy
    public void stop() {
        if (!thread.stop()) {
            LOG.log(
                    Level.WARNING,
                    "The load of the map has not stopped within {0} s; the database will undo it.",
                    Long.toString(MapThread.stopLimitSeconds()));
        }
    }

    private void run() {
        try {
            settings.check();
        } catch (IllegalStateException e) {
            fail(e.getMessage(), null);
            return;
        }
        try {
            while (!tryOnce()) {
                // The database went away: from the beginning, as soon as it is back.
                TimeUnit.MILLISECONDS.sleep(FIRST_RETRY_MILLIS);
            }
        } catch (InterruptedException | InterruptedIOException e) {
            tellInterrupted();
        } catch (MapFileException e) {
            fail(e.getMessage(), null);
        } catch (IOException e) {
            fail("The map cannot be loaded: see the log.", e);
        } catch (SQLException | RuntimeException | Error e) {
            // The last one who can tell: the thread would die in silence.
            fail("The map cannot be made ready: see the log.", e);
        }
    }

    /** Returns false if the database went away meanwhile. */
    private boolean tryOnce() throws InterruptedException, IOException, SQLException {
        requireGoingOn();
        DataSource connections = database.dataSource();
        awaitDatabase(connections);
        tellDatabase(connections);
        try {
            status = MapStatus.of(State.MIGRATING, "");
            MapSchema.migrate(connections);
            Optional<Path> file = settings.initialLoad();
            if (file.isPresent()) {
                loadIfMissing(connections, file.get());
            }
            // So that the first request does not wait for it.
            persistence.open().close();
            Optional<MapStatus> loaded = readCounts(connections);
            status = loaded.orElse(MapStatus.of(State.READY, "No data is loaded."));
            LOG.log(Level.INFO, "The map {0} is ready. {1}", settings.dataSet(), status.words());
            return true;
        } catch (SQLException | FlywayException | PersistenceException e) {
            requireGoingOn();
            if (DatabaseErrors.isIn(e)) {
                LOG.log(Level.WARNING, "The database went away while the map was made ready; beginning anew.");
                return false;
            }
            throw e;
        }
    }

    private void awaitDatabase(DataSource connections) throws InterruptedException {
        long waitMillis = FIRST_RETRY_MILLIS;
        boolean told = false;
        while (!isReachable(connections)) {
            if (!told) {
                told = true;
                status = MapStatus.of(State.WAITING_FOR_DATABASE, "The database cannot be reached.");
                LOG.log(
                        Level.WARNING,
                        "The database cannot be reached; the map waits for it. Check framegate.database.url, .user and"
                                + " .password if it should be there.");
            }
            TimeUnit.MILLISECONDS.sleep(waitMillis);
            waitMillis = Math.min(LAST_RETRY_MILLIS, 2 * waitMillis);
        }
    }

    /** One line, so that nobody has to guess which database it is. */
    private static void tellDatabase(DataSource connections) {
        try (Connection connection = connections.getConnection()) {
            DatabaseMetaData database = connection.getMetaData();
            // What follows may be secrets.
            String url = database.getURL().replaceFirst("[?].*", "");
            LOG.log(
                    Level.INFO,
                    "The map''s database is {0} {1}, {2} as {3}",
                    database.getDatabaseProductName(),
                    database.getDatabaseProductVersion(),
                    url,
                    database.getUserName());
            MapDatabase.poolerAdvice(connection).ifPresent(advice -> LOG.log(Level.WARNING, advice));
        } catch (SQLException e) {
            LOG.log(Level.DEBUG, "The database went away before it was told: {0}", e.getMessage());
        }
    }

    private void requireGoingOn() throws InterruptedException {
        if (Thread.interrupted() || thread.isStopped()) {
            throw new InterruptedException();
        }
    }

    private boolean isReachable(DataSource connections) throws InterruptedException {
        try (Connection connection = connections.getConnection()) {
            return connection.isValid((int) TimeUnit.MILLISECONDS.toSeconds(LAST_RETRY_MILLIS));
        } catch (SQLException e) {
            requireGoingOn();
            LOG.log(Level.DEBUG, "No connection to the database: {0}", e.getMessage());
            return false;
        }
    }

    private void loadIfMissing(DataSource connections, Path file) throws IOException, SQLException {
        String dataSet = settings.dataSet();
        if (readCounts(connections).isPresent()) {
            return;
        }
        status = MapStatus.of(State.LOADING, "");
        LOG.log(Level.INFO, "Loading the map {0} from {1}. {2}", dataSet, file, MapLoader.ATTRIBUTION);
        ProgressLog progress = new ProgressLog(dataSet, words -> status = MapStatus.of(State.LOADING, words));
        new MapLoader(connections, progress)
                .load(file, dataSet, LoadMode.NEW)
                .ifPresent(report -> LOG.log(
                        Level.INFO,
                        "Loaded the map {0} in {1} ms; {2} areas were left out, their sides do not close, and {3}"
                                + " turn rules, their links are not clear.",
                        dataSet,
                        String.valueOf(report.time().toMillis()),
                        Long.toString(report.brokenAreas()),
                        Long.toString(report.brokenTurns())));
    }

    private Optional<MapStatus> readCounts(DataSource connections) throws SQLException {
        try (Connection connection = connections.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select links, nodes, polygons, polylines, pass_infos, polygons_3d, heights_3d, attribution"
                                + " from map.data_set where name = ?")) {
            statement.setString(1, settings.dataSet());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(new MapStatus(
                        State.READY,
                        row.getString(8),
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7)));
            }
        }
    }

    private static void tellInterrupted() {
        LOG.log(Level.INFO, "The map's start was interrupted; nothing is half done.");
    }

    private void fail(@Nullable String sentence, @Nullable Throwable cause) {
        if (thread.isStopped()) {
            // What ends before it, such as a pool of connections, is no failure of the map.
            tellInterrupted();
            return;
        }
        String words = String.valueOf(sentence);
        status = MapStatus.of(State.FAILED, words);
        LOG.log(Level.ERROR, words, cause);
    }
}
