package io.framegate.client;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends something after a time, unless it is cancelled before.
 *
 * <p>Where the timer comes late by more than {@value #LATE_MILLIS} ms, this process did not run when the time was over: it was suspended,
 * or paused. What the server sent meanwhile is in the socket then, and nobody could read it. So it gets {@value #GRACE_MILLIS} ms
 * more, once.
 *
 * <p><b>Threads.</b> Any may cancel; the end comes on the timer's.
 */
final class TimeLimit {

    private static final int LATE_MILLIS = 100;
    private static final int GRACE_MILLIS = 1000;

    private final ScheduledExecutorService timer;
    private final Runnable end;
    private final long dueNanos; // by System.nanoTime

    private @Nullable Future<?> next; // guarded by this
    private boolean cancelled; // guarded by this

    private TimeLimit(ScheduledExecutorService timer, Runnable end, long dueNanos) {
        this.timer = timer;
        this.end = end;
        this.dueNanos = dueNanos;
    }

    static TimeLimit start(ScheduledExecutorService timer, Runnable end, long nanos) {
        TimeLimit limit = new TimeLimit(timer, end, System.nanoTime() + nanos);
        limit.schedule(limit::due, nanos);
        return limit;
    }

    private void due() {
        if (System.nanoTime() - dueNanos > TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS)) {
            try {
                schedule(end, TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS));
                return;
            } catch (RejectedExecutionException e) {
                // The threads are about to end: there is no time left to wait for.
            }
        }
        end.run();
    }

    private synchronized void schedule(Runnable task, long nanos) {
        if (!cancelled) {
            next = timer.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    synchronized void cancel() {
        cancelled = true;
        if (next != null) {
            next.cancel(false);
        }
    }
}
