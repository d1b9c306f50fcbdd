package io.framegate.map.store;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Lets one line a second into the log for one cause, and counts the others.
 *
 * <p><b>Threads.</b> Any.
 */
public final class LimitedLog {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - PERIOD_NANOS);
    private final AtomicLong untold = new AtomicLong();

    /** For a cause. */
    public LimitedLog() {}

    /**
     * It has happened once more.
     *
     * @param line writes the line if it is time for one; is given how often it has happened since the last one, this time included
     */
    public void tell(LongConsumer line) {
        untold.incrementAndGet();
        long now = System.nanoTime();
        long told = toldNanos.get();
        if (now - told >= PERIOD_NANOS && toldNanos.compareAndSet(told, now)) {
            line.accept(untold.getAndSet(0));
        }
    }
}
