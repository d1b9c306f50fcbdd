package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Whether something waits to be done, and since when. One thread at a time begins and ends it; another looks, at any moment,
 * whether it takes too long.
 *
 * <p>So a look reads the time once: of two reads the second could be of what has just ended, which began, as it were, when the
 * machine did.
 */
final class PendingSince {

    private static final AtomicLongFieldUpdater<PendingSince> NANOS =
            AtomicLongFieldUpdater.newUpdater(PendingSince.class, "nanos");

    private static final long NOTHING = 0;

    private volatile long nanos = NOTHING;

    /** @param now by the {@link ProcessClock} */
    void begin(long now) {
        nanos = beginning(now);
    }

    /** Ends it, if it has begun. Where it has not, other processors are not told of it: this is called for every frame. */
    void end() {
        if (nanos != NOTHING) {
            nanos = NOTHING;
        }
    }

    boolean isPending() {
        return nanos != NOTHING;
    }

    /** @param now by the {@link ProcessClock}, which may be of before it began */
    boolean isOver(long limitNanos, long now) {
        return isOver(nanos, limitNanos, now);
    }

    /**
     * Goes on as if it began now, where it takes too long. For the one who looks.
     *
     * @return whether it did, which it does not where it has ended meanwhile
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
