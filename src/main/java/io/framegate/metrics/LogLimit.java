package io.framegate.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets one line a second into the log for one cause, however often it happens, and counts the others.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LogLimit {

    /** No line now. */
    public static final long SILENT = -1;

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
    private final AtomicLong silenced = new AtomicLong();

    /**
     * Asks for a line.
     *
     * @return {@link #SILENT}, or how many were kept back since the last one
     */
    public long ask() {
        long now = System.nanoTime();
        long last = lastNanos.get();
        if (now - last < PERIOD_NANOS || !lastNanos.compareAndSet(last, now)) {
            silenced.incrementAndGet();
            return SILENT;
        }
        return silenced.getAndSet(0);
    }

    /** What a line says of those that were kept back. */
    public static String others(long count) {
        return count == 0 ? "" : "; so did " + count + " others since the last such line";
    }
}
