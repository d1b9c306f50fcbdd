package io.framegate.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Lets one line a second into the log for one cause, however often it happens, and counts the others.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LogLimit {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
    private final AtomicLong silenced = new AtomicLong();

    /**
     * Says that it has happened: by a line, unless there was one within the last second. A log that fails is no failure of the
     * caller.
     *
     * @param line writes it, before this returns or not at all; its argument is to be the end of the line, and says how many
     *     were kept back since the last one
     */
    public void tell(Consumer<String> line) {
        long now = System.nanoTime();
        long last = lastNanos.get();
        if (now - last < PERIOD_NANOS || !lastNanos.compareAndSet(last, now)) {
            silenced.incrementAndGet();
            return;
        }
        long others = silenced.getAndSet(0);
        try {
            // Made in any case, so that whoever has rehearsed a line has all classes that one with others needs.
            String end = "; so did " + others + " others since the last such line";
            line.accept(others == 0 ? "" : end);
        } catch (Throwable e) {
            // What goes on without the line is worth more than it.
        }
    }
}
