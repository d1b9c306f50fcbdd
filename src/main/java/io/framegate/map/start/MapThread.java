package io.framegate.map.start;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A thread of the map's own, which ends with the application.
 *
 * <p><b>Threads.</b> It is started once, before any stop; whether it is stopped may be asked by any.
 */
final class MapThread {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    // Beside the interrupt, which a pool of connections may swallow.
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;

    void start(ThreadFactory threads, String name, Runnable work) {
        Thread started = threads.newThread(work);
        started.setName(name);
        thread = started;
        started.start();
    }

    /** Whether its work is to end. */
    boolean isStopped() {
        return stopped;
    }

    /** Interrupts it where it is under way, and waits for its end for some seconds. @return whether it has ended */
    boolean stop() {
        stopped = true;
        Thread running = thread;
        if (running == null || !running.isAlive()) {
            return true;
        }
        running.interrupt();
        try {
            running.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !running.isAlive();
    }

    /** How long a stop waits at most, in seconds. */
    static long stopLimitSeconds() {
        return STOP_LIMIT.toSeconds();
    }
}
