package io.framegate.map.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Logs at most one line a second for one cause, and counts the others.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LimitedLog {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong loggedNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
    private final AtomicLong suppressed = new AtomicLong();

    /** A cause of its own. */
    public LimitedLog() {}

    /**
     * Logs a line, unless one was logged within the last second.
     *
     * @param line writes it; its argument says how often this was called since the last line, this call included
     */
    public void log(LongConsumer line) {
        suppressed.incrementAndGet();
        long now = System.nanoTime();
        long logged = loggedNanos.get();
        if (now - logged >= PERIOD_NANOS && loggedNanos.compareAndSet(logged, now)) {
            line.accept(suppressed.getAndSet(0));
        }
    }
}
