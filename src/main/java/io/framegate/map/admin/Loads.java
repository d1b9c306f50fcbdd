package io.framegate.map.admin;

import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.MapFileException;
import io.framegate.map.load.MapLoader;
import io.framegate.map.load.MapStartup;
import io.framegate.map.load.MapStatus;
import io.framegate.map.store.DataSetQueries;
import io.framegate.map.store.MapDatabase;
import io.framegate.message.DatabaseTrouble;
import io.framegate.message.Refusal;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Loads map files when they are asked for, one at a time, each on a managed thread of its own. The last one is remembered.
 *
 * <p><b>Threads.</b> For all. A load that is under way when the application stops is interrupted; the database undoes it.
 */
@ApplicationScoped
public class Loads {

    private static final Logger LOG = System.getLogger(Loads.class.getName());
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final String UNIQUE_VIOLATION = "23505";

    private final Object lock = new Object();
    private @Nullable Thread thread; // guarded by lock
    private int number; // guarded by lock

    // Written by start, and then by the load's thread only.
    private volatile @Nullable LoadStatus status;

    // Set by the container before the first call, and never after.
    @Inject
    private MapDatabase database;

    @Inject
    private DataSetQueries dataSets;

    @Inject
    private MapStartup startup;

    @Resource
    private ManagedThreadFactory threads;

    /** For the container. */
    protected Loads() {}

    /**
     * Begins a load.
     *
     * @param file as {@link MapLoader} takes it; checked by the load itself
     * @param replace whether a data set of that name may be there
     * @return its status, running
     * @throws Refusal with {@link Refusal.Code#BUSY} while another one runs, {@link Refusal.Code#UNAVAILABLE} while the map
     *     is not ready, and {@link Refusal.Code#CONFLICT} for a name that is taken
     */
    public LoadStatus start(Path file, String dataSet, boolean replace) {
        MapStatus.State map = startup.status().state();
        if (map != MapStatus.State.READY && map != MapStatus.State.FAILED) {
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE, "The map is not ready yet (" + map.label() + "): try again later.");
        }
        if (!replace && dataSets.named(dataSet).isPresent()) {
            throw taken(dataSet);
        }
        synchronized (lock) {
            LoadStatus last = status;
            if (last != null && last.state() == LoadStatus.State.RUNNING) {
                throw new Refusal(
                        Refusal.Code.BUSY,
                        "A load is under way (" + last.file() + " as " + last.dataSet()
                                + "), and there is one at a time: try again when it is done.");
            }
            number++;
            LoadStatus begun = LoadStatus.begun(number, dataSet, String.valueOf(file.getFileName()));
            Thread newThread = threads.newThread(() -> run(begun, file, replace));
            newThread.setName("framegate-map-load");
            status = begun;
            thread = newThread;
            newThread.start();
            return begun;
        }
    }

    /** The load under way, or the last one. */
    public Optional<LoadStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Interrupts the load under way; its status tells when it has ended. @return false if there is none */
    public boolean cancel() {
        synchronized (lock) {
            if (thread == null || !thread.isAlive()) {
                return false;
            }
            thread.interrupt();
            return true;
        }
    }

    @PreDestroy
    void stop() {
        Thread running;
        synchronized (lock) {
            running = thread;
        }
        if (running != null && cancel()) {
            try {
                running.join(STOP_LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run(LoadStatus begun, Path file, boolean replace) {
        status = outcome(begun, file, replace);
    }

    private LoadStatus outcome(LoadStatus begun, Path file, boolean replace) {
        String dataSet = begun.dataSet();
        try {
            MapLoader loader = new MapLoader(database.dataSource(), new Progress(begun));
            Optional<LoadReport> report =
                    replace ? Optional.of(loader.load(file, dataSet)) : loader.loadIfMissing(file, dataSet);
            if (report.isEmpty()) {
                return current(begun).failed(taken(dataSet).sentence());
            }
            LOG.log(
                    Level.INFO,
                    "Loaded the map {0} from {1} in {2} ms",
                    dataSet,
                    begun.file(),
                    String.valueOf(report.get().time().toMillis()));
            return current(begun).done(report.get());
        } catch (MapFileException e) {
            LOG.log(Level.INFO, "The map {0} is not loaded: {1}", dataSet, e.getMessage());
            return current(begun).failed(String.valueOf(e.getMessage()));
        } catch (InterruptedIOException e) {
            LOG.log(Level.INFO, "The load of the map {0} was stopped; nothing has changed.", dataSet);
            return current(begun).failed("The load was stopped; nothing has changed.");
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return current(begun)
                        .failed("The map file " + begun.file()
                                + " cannot be loaded: two of its features are of the same kind and have the same id.");
            }
            if (DatabaseTrouble.isIn(e)) {
                return current(begun).failed("The map's database cannot be reached now; try again later.");
            }
            return fault(begun, e);
        } catch (IOException | RuntimeException | Error e) {
            // The last one who can tell: the thread would die in silence.
            return fault(begun, e);
        }
    }

    private LoadStatus current(LoadStatus begun) {
        LoadStatus told = status;
        return told == null ? begun : told;
    }

    private LoadStatus fault(LoadStatus begun, Throwable cause) {
        LOG.log(Level.ERROR, "The load of the map " + begun.dataSet() + " failed", cause);
        return current(begun).failed("The load failed; the server's log says why.");
    }

    private static Refusal taken(String dataSet) {
        return new Refusal(
                Refusal.Code.CONFLICT,
                "There is a data set " + dataSet + " already: choose another name, or say that it is to be replaced.");
    }

    /** Puts what the loader tells into the status, a few times a second. Used by the load's thread only. */
    private final class Progress implements LoadProgress {

        private static final long PERIOD_NANOS = 100_000_000;

        private final LoadStatus begun;
        private @Nullable Phase phase;
        private long phaseStart;
        private long lastTold;

        Progress(LoadStatus begun) {
            this.begun = begun;
        }

        @Override
        public void at(Phase now, long done, long total) {
            long time = System.nanoTime();
            boolean entered = now != phase;
            if (entered) {
                phase = now;
                phaseStart = time;
            }
            if (entered || time - lastTold >= PERIOD_NANOS) {
                lastTold = time;
                status = begun.at(now, done, total, time - phaseStart);
            }
        }
    }
}
