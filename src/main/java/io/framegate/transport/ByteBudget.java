package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An amount of bytes that all connections share. Who uses it counts only what is worth counting, so that small requests
 * and replies never touch what all threads share.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ByteBudget {

    /** What a client is told whose request does not fit. */
    public static final String REQUESTS_SPENT =
            "The server has all the requests in hand that it has memory for; try again a little later.";

    private final AtomicLong used = new AtomicLong();
    private volatile long limit = Long.MAX_VALUE;

    /** Another limit from now on; what is taken stays so. */
    public void limit(long bytes) {
        limit = bytes;
    }

    /**
     * Takes bytes, if they are there.
     *
     * @return whether they were
     */
    public boolean take(long bytes) {
        // Not added and then taken back: meanwhile it would keep others from what fits.
        long before;
        do {
            before = used.get();
            if (before + bytes > limit) {
                return false;
            }
        } while (!used.compareAndSet(before, before + bytes));
        return true;
    }

    /** Takes bytes that are there already, whatever the limit; fewer than none gives them back. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Gives back what was taken. */
    public void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Whether nobody is to take more. */
    boolean isSpent() {
        return used.get() >= limit;
    }

    /** The most bytes that may be taken. */
    public long limit() {
        return limit;
    }

    /** Bytes taken now. */
    public long used() {
        return used.get();
    }
}
