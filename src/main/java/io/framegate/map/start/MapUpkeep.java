package io.framegate.map.start;

import io.framegate.map.load.BlockCompaction;
import io.framegate.map.start.MapStatus.State;
import io.framegate.map.store.MapDatabase;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Has the {@linkplain BlockCompaction upkeep of blocks} done: looks once a minute while the map is ready, and works no more than half
 * of the time, so that answers and saves have the rest.
 *
 * <p><b>Threads.</b> One managed thread of its own, which ends with the application.
 */
@ApplicationScoped
public class MapUpkeep {

    private static final Logger LOG = System.getLogger(MapUpkeep.class.getName());
    private static final Duration PERIOD = Duration.ofMinutes(1);

    // Set by the container before the first call, and never after.
    private MapStartup startup;
    private MapDatabase database;

    @Resource
    private ManagedThreadFactory threads;

    private final MapThread thread = new MapThread();

    /** For the container's proxy. */
    protected MapUpkeep() {}

    @Inject
    MapUpkeep(MapStartup startup, MapDatabase database) {
        this.startup = startup;
        this.database = database;
    }

    void applicationStarted(@Observes @Initialized(ApplicationScoped.class) Object event) {
        BlockCompaction upkeep = new BlockCompaction(database.dataSource());
        start(threads, upkeep, () -> startup.status().state() == State.READY, PERIOD);
    }

    void start(ThreadFactory threadFactory, BlockCompaction upkeep, BooleanSupplier isReady, Duration period) {
        thread.start(threadFactory, "framegate-map-upkeep", () -> run(upkeep, isReady, period));
    }

    /** Ends it, and waits for its end for some seconds; a step that is under way is undone by the database. */
    @PreDestroy
    public void stop() {
        thread.stop();
    }

    private void run(BlockCompaction upkeep, BooleanSupplier isReady, Duration period) {
        try {
            while (!thread.isStopped()) {
                TimeUnit.NANOSECONDS.sleep(period.toNanos());
                if (isReady.getAsBoolean()) {
                    work(upkeep);
                }
            }
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "The upkeep of the map has ended.");
        }
    }

    private void work(BlockCompaction upkeep) throws InterruptedException {
        int blocks = 0;
        int features = 0;
        try {
            while (!thread.isStopped()) {
                long begun = System.nanoTime();
                BlockCompaction.Done done = upkeep.step();
                if (done.isNothing()) {
                    break;
                }
                blocks += done.blocks();
                features += done.features();
                TimeUnit.NANOSECONDS.sleep(System.nanoTime() - begun);
            }
        } catch (SQLException | RuntimeException e) {
            if (!thread.isStopped()) {
                LOG.log(
                        Level.WARNING,
                        "The upkeep of the map failed and is tried again in a minute: {0}",
                        e.getMessage());
            }
        }
        if (blocks + features > 0) {
            LOG.log(
                    Level.INFO,
                    "Upkeep of the map: {0} blocks were made anew, {1} features came into one.",
                    Long.toString(blocks),
                    Long.toString(features));
        }
    }
}
