package io.framegate.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Logs at most one line a second for one cause, and counts the suppressed ones.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LogRateLimiter {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
    private final AtomicLong suppressed = new AtomicLong();

    /**
     * Logs a line, unless one was logged within the last second. A failing log does not fail the caller.
     *
     * @param line writes it, before this returns or not at all; its argument is the end of the line, which says how many
     *     were suppressed since the last one
     */
    public void log(Consumer<String> line) {
        long now = System.nanoTime();
        long last = lastNanos.get();
        if (now - last < PERIOD_NANOS || !lastNanos.compareAndSet(last, now)) {
            suppressed.incrementAndGet();
            return;
        }
        long others = suppressed.getAndSet(0);
        try {
            // Made in any case: after a rehearsal all classes of a line with others are loaded.
            String end = "; so did " + others + " others since the last such line";
            line.accept(others == 0 ? "" : end);
        } catch (Throwable e) {
            // The caller's work is worth more than the line.
        }
    }
}
