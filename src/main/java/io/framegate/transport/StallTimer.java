package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Whether an operation is pending, and since when. One thread at a time begins and ends it; another checks concurrently whether it
 * takes too long.
 *
 * <p>A check therefore reads the field once: a second read could find that the operation has just ended, as if it had begun at time 0.
 */
final class StallTimer {

    private static final AtomicLongFieldUpdater<StallTimer> NANOS =
            AtomicLongFieldUpdater.newUpdater(StallTimer.class, "nanos");

    private static final long NOTHING = 0;

    private volatile long nanos = NOTHING;

    /** @param now by the {@link ProcessClock} */
    void begin(long now) {
        nanos = beginning(now);
    }

    /** Ends it, if it has begun. Writes nothing otherwise, as this is called for every frame. */
    void end() {
        if (nanos != NOTHING) {
            nanos = NOTHING;
        }
    }

    boolean isPending() {
        return nanos != NOTHING;
    }

    /** @param now by the {@link ProcessClock}; it may be from before the beginning */
    boolean isOver(long limitNanos, long now) {
        return isOver(nanos, limitNanos, now);
    }

    /**
     * Begins again if it takes too long. For the checking thread.
     *
     * @return whether it was over the limit; false if it ended meanwhile
     */
    boolean renewIfOver(long limitNanos, long now) {
        long since = nanos;
        return isOver(since, limitNanos, now) && NANOS.compareAndSet(this, since, beginning(now));
    }

    private static boolean isOver(long since, long limitNanos, long now) {
        return since != NOTHING && now - since > limitNanos;
    }

    private static long beginning(long now) {
        return now == NOTHING ? 1 : now;
    }
}
