package io.framegate.map.admin;

import io.framegate.map.MapSettings;
import io.framegate.map.load.LoadMode;
import io.framegate.map.load.LoadProgress;
import io.framegate.map.load.LoadProgress.Phase;
import io.framegate.map.load.LoadReport;
import io.framegate.map.load.MapFileException;
import io.framegate.map.load.MapLoader;
import io.framegate.map.load.TemporaryFile;
import io.framegate.map.load.TemporaryFileException;
import io.framegate.map.start.MapStartup;
import io.framegate.map.start.MapStatus;
import io.framegate.map.store.DataSetQueries;
import io.framegate.map.store.MapDatabase;
import io.framegate.message.DatabaseErrors;
import io.framegate.message.Refusal;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Loads map files when they are asked for, one at a time, each on a managed thread of its own. The last one is remembered.
 *
 * <p><b>Threads.</b> For all. A load that is under way when the application stops is interrupted; the database undoes it.
 *
 * <p><b>Limits.</b> A client that sends less than 1 KiB of its file a second, on average over {@code framegate.map.upload-timeout},
 * loses its turn: a thread that watches it ends the load and interrupts the one that waits for the bytes.
 */
@ApplicationScoped
public class LoadJobs {

    private static final Logger LOG = System.getLogger(LoadJobs.class.getName());
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String STOPPED = "The load was stopped; nothing has changed.";
    private static final int RECEIVED_BYTES = 64 * 1024;
    private static final long LEAST_BYTES_A_SECOND = 1024;

    private final Object lock = new Object();
    private @Nullable Thread thread; // guarded by lock
    private @Nullable Receipt receipt; // guarded by lock; only while a file is received
    private int number; // guarded by lock

    // Written under the lock.
    private volatile @Nullable LoadStatus status;

    // Set by the container before the first call, and never after.
    @Inject
    private MapSettings settings;

    @Inject
    private MapDatabase database;

    @Inject
    private DataSetQueries dataSets;

    @Inject
    private MapStartup startup;

    @Resource
    private ManagedThreadFactory threads;

    /** For the container. */
    protected LoadJobs() {}

    /**
     * Begins a load.
     *
     * @param file as {@link MapLoader} takes it; checked by the load itself
     * @param mode what becomes of a data set of that name
     * @return its status, running
     * @throws Refusal with {@link Refusal.Code#BUSY} while another one runs, {@link Refusal.Code#UNAVAILABLE} while the map
     *     is not ready, {@link Refusal.Code#CONFLICT} for a name that is taken, and {@link Refusal.Code#NOT_FOUND} for an
     *     update of what is not there
     */
    public LoadStatus start(Path file, String dataSet, LoadMode mode) {
        checkMayLoad(dataSet, mode);
        synchronized (lock) {
            LoadStatus begun = begin(dataSet, String.valueOf(file.getFileName()), Phase.READING_WAYS);
            startThread(() -> run(begun, file, mode));
            return begun;
        }
    }

    /**
     * Receives a file and begins its load. It waits in the directory for temporary files, and is gone when the load has ended.
     *
     * @param name of the file, without a directory; by its end is told what it is
     * @param size in bytes as it was announced, or −1
     * @return the load's status, running
     * @throws Refusal as {@link #start}, with {@link Refusal.Code#TOO_LARGE} for a file beyond the limit of uploads, and with
     *     {@link Refusal.Code#INVALID} for one that does not arrive whole
     */
    public LoadStatus receive(InputStream content, long size, String name, String dataSet, LoadMode mode) {
        checkMayLoad(dataSet, mode);
        if (size > settings.maxUploadBytes()) {
            throw tooLarge();
        }
        LoadStatus begun;
        Duration limit = settings.uploadTimeout();
        Receipt receiving = new Receipt(Thread.currentThread(), limit, limit.toSeconds() * LEAST_BYTES_A_SECOND);
        synchronized (lock) {
            begun = begin(dataSet, name, Phase.RECEIVING);
            thread = null;
            receipt = receiving;
        }
        Path directory = null;
        try {
            startWatch(begun, receiving);
            directory = TemporaryFile.make(() -> Files.createTempDirectory("framegate-upload-"));
            Path file = directory.resolve(name);
            receive(content, size, file, receiving, new Progress(begun));
            Path received = directory;
            synchronized (lock) {
                // It may have been ended after the last bytes came.
                if (!receiving.over()) {
                    throw receiving.refusal();
                }
                receipt = null;
                startThread(() -> {
                    try {
                        run(begun, file, mode);
                    } finally {
                        delete(received);
                    }
                });
            }
            return current(begun);
        } catch (IOException | RuntimeException e) {
            delete(directory);
            Refusal refusal = receiving.over() ? refusal(e, name) : receiving.refusal();
            tell(current(begun).failed(refusal.sentence()));
            throw refusal;
        } finally {
            synchronized (lock) {
                if (receipt == receiving) {
                    receipt = null;
                }
            }
        }
    }

    private static Refusal refusal(Exception failure, String name) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (failure instanceof TemporaryFileException full) {
            LOG.log(Level.WARNING, "The map file {0} was not received: {1}", name, why(full));
            return new Refusal(Refusal.Code.UNAVAILABLE, String.valueOf(full.getMessage()));
        }
        LOG.log(Level.INFO, "The map file {0} was not received: {1}", name, failure.toString());
        return new Refusal(Refusal.Code.INVALID, "The file could not be received to its end; nothing has changed.");
    }

    private void receive(InputStream content, long size, Path file, Receipt receiving, LoadProgress progress)
            throws IOException {
        long received = 0;
        byte[] buffer = new byte[RECEIVED_BYTES];
        try (OutputStream out = TemporaryFile.make(() -> Files.newOutputStream(file))) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                receiving.came(read);
                received += read;
                // The announcement may be missing, or wrong.
                if (received > settings.maxUploadBytes()) {
                    throw tooLarge();
                }
                int length = read;
                TemporaryFile.write(() -> out.write(buffer, 0, length));
                progress.at(Phase.RECEIVING, received, Math.max(received, size));
            }
        }
        if (received < size) {
            throw new EOFException(received + " of " + size + " bytes came");
        }
    }

    /** For the log. */
    private static String why(TemporaryFileException failure) {
        return TemporaryFile.DIRECTORY + " cannot be written: " + failure.getCause();
    }

    private void startWatch(LoadStatus begun, Receipt receiving) {
        Thread watch = threads.newThread(() -> {
            if (receiving.awaitStall()) {
                String sentence = "Less than " + receiving.least / LEAST_BYTES_A_SECOND + " KiB of the file came in "
                        + receiving.limit.toSeconds() + " s; nothing has changed.";
                LOG.log(Level.INFO, "The map file {0} is not received: {1}", begun.file(), sentence);
                end(begun, receiving, sentence);
            }
        });
        watch.setName("framegate-map-upload");
        watch.start();
    }

    /** Ends a load whose file is being received: another may begin at once, whatever its thread waits for. */
    private void end(LoadStatus begun, Receipt receiving, String sentence) {
        synchronized (lock) {
            if (receiving.end(sentence)) {
                tell(current(begun).failed(sentence));
            }
        }
    }

    private Refusal tooLarge() {
        return new Refusal(
                Refusal.Code.TOO_LARGE,
                "The file has more than the " + settings.maxUploadBytes() + " bytes that the server takes"
                        + " (framegate.map.max-upload-size): put it on the server's machine and load it from there.");
    }

    private static void delete(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A received map file cannot be deleted: {0}", e.toString());
        }
    }

    private void checkMayLoad(String dataSet, LoadMode mode) {
        MapStatus.State map = startup.status().state();
        if (map != MapStatus.State.READY && map != MapStatus.State.FAILED) {
            throw new Refusal(
                    Refusal.Code.UNAVAILABLE, "The map is not ready yet (" + map.label() + "): try again later.");
        }
        if (mode != LoadMode.REPLACE && dataSets.named(dataSet).isPresent() != (mode == LoadMode.UPDATE)) {
            throw unfit(dataSet, mode);
        }
    }

    /** Guarded by lock. */
    private LoadStatus begin(String dataSet, String file, Phase phase) {
        LoadStatus last = status;
        if (last != null && last.state() == LoadStatus.State.RUNNING) {
            throw new Refusal(
                    Refusal.Code.BUSY,
                    "A load is under way (" + last.file() + " as " + last.dataSet()
                            + "), and there is one at a time: try again when it is done.");
        }
        number++;
        LoadStatus begun = LoadStatus.begun(number, dataSet, file, phase);
        status = begun;
        return begun;
    }

    /** Guarded by lock. */
    private void startThread(Runnable load) {
        Thread newThread = threads.newThread(load);
        newThread.setName("framegate-map-load");
        thread = newThread;
        newThread.start();
    }

    /** The load under way, or the last one. */
    public Optional<LoadStatus> status() {
        return Optional.ofNullable(status);
    }

    /** Interrupts the load under way; its status tells when it has ended. @return false if there is none */
    public boolean cancel() {
        synchronized (lock) {
            LoadStatus last = status;
            if (receipt != null && last != null && last.state() == LoadStatus.State.RUNNING) {
                end(last, receipt, STOPPED);
                return true;
            }
            if (thread == null) {
                return false;
            }
            if (!thread.isAlive()) {
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
        if (cancel() && running != null) {
            try {
                running.join(STOP_LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run(LoadStatus begun, Path file, LoadMode mode) {
        tell(outcome(begun, file, mode));
    }

    private LoadStatus outcome(LoadStatus begun, Path file, LoadMode mode) {
        String dataSet = begun.dataSet();
        try {
            MapLoader loader = new MapLoader(database.dataSource(), new Progress(begun));
            Optional<LoadReport> report = loader.load(file, dataSet, mode);
            if (report.isEmpty()) {
                return current(begun).failed(unfit(dataSet, mode).sentence());
            }
            LOG.log(
                    Level.INFO,
                    "Loaded the map {0} from {1} in {2} ms",
                    dataSet,
                    begun.file(),
                    String.valueOf(report.get().time().toMillis()));
            startup.loaded(dataSet);
            return current(begun).done(report.get());
        } catch (MapFileException e) {
            LOG.log(Level.INFO, "The map {0} is not loaded: {1}", dataSet, e.getMessage());
            return current(begun).failed(String.valueOf(e.getMessage()));
        } catch (TemporaryFileException e) {
            LOG.log(Level.WARNING, "The map {0} is not loaded: {1}", dataSet, why(e));
            return current(begun).failed(String.valueOf(e.getMessage()));
        } catch (InterruptedIOException e) {
            LOG.log(Level.INFO, "The load of the map {0} was stopped; nothing has changed.", dataSet);
            return current(begun).failed(STOPPED);
        } catch (SQLException e) {
            if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                return current(begun)
                        .failed("The map file " + begun.file()
                                + " cannot be loaded: two of its features are of the same kind and have the same id.");
            }
            if (DatabaseErrors.isIn(e)) {
                return current(begun).failed("The map's database cannot be reached now; try again later.");
            }
            return fault(begun, e);
        } catch (IOException | RuntimeException | Error e) {
            // The last one who can tell: the thread would die in silence.
            return fault(begun, e);
        }
    }

    /** How a load is doing; as it began, if another has begun since. */
    private LoadStatus current(LoadStatus begun) {
        LoadStatus told = status;
        return told == null || told.number() != begun.number() ? begun : told;
    }

    /** Takes a new status of the load under way. One that has ended, and maybe made room for another, has no more to tell. */
    private void tell(LoadStatus next) {
        synchronized (lock) {
            LoadStatus last = status;
            if (last != null && last.number() == next.number() && last.state() == LoadStatus.State.RUNNING) {
                status = next;
            }
        }
    }

    private LoadStatus fault(LoadStatus begun, Throwable cause) {
        LOG.log(Level.ERROR, "The load of the map " + begun.dataSet() + " failed", cause);
        return current(begun).failed("The load failed; the server's log says why.");
    }

    /** The mode does not go with what there is. */
    private static Refusal unfit(String dataSet, LoadMode mode) {
        return mode == LoadMode.UPDATE
                ? new Refusal(
                        Refusal.Code.NOT_FOUND, "There is no data set " + dataSet + " to be updated: load it first.")
                : new Refusal(
                        Refusal.Code.CONFLICT,
                        "There is a data set " + dataSet
                                + " already: choose another name, or say that it is to be replaced or updated.");
    }

    /** A file on its way here. */
    private static final class Receipt {

        private final Thread reader;
        private final Duration limit;
        private final long least;
        private long sinceNanos = System.nanoTime(); // guarded by this
        private long sinceThen; // bytes, guarded by this
        private boolean over; // guarded by this
        private @Nullable String end; // guarded by this

        /** @param least bytes that have to come in each time as long as the limit */
        Receipt(Thread reader, Duration limit, long least) {
            this.reader = reader;
            this.limit = limit;
            this.least = least;
        }

        /** Bytes came. */
        synchronized void came(int bytes) {
            if (end != null) {
                throw refusal();
            }
            sinceThen += bytes;
            if (sinceThen >= least) {
                sinceNanos = System.nanoTime();
                sinceThen = 0;
            }
        }

        /** Waits until too few bytes have come for so long. @return false if it is over before */
        synchronized boolean awaitStall() {
            try {
                for (long left = limit.toNanos(); left > 0; left = sinceNanos + limit.toNanos() - System.nanoTime()) {
                    if (over) {
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
                return !over;
            } catch (InterruptedException e) {
                // The application stops, and what is under way with it.
                return false;
            }
        }

        /** Has its reader wait no longer. @return false if it is over already */
        synchronized boolean end(String sentence) {
            if (over) {
                return false;
            }
            over = true;
            end = sentence;
            reader.interrupt();
            notifyAll();
            return true;
        }

        /** Called by its reader, which is not interrupted afterwards. @return false if it was ended before */
        synchronized boolean over() {
            if (end != null) {
                // Of what comes next on this thread nothing is to be interrupted.
                Thread.interrupted();
                return false;
            }
            over = true;
            notifyAll();
            return true;
        }

        synchronized Refusal refusal() {
            return new Refusal(Refusal.Code.INVALID, String.valueOf(end));
        }
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
                tell(begun.at(now, done, total, time - phaseStart));
            }
        }
    }
}
