package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of bytes that all connections share. Its users count large amounts only, so that small requests and replies never touch
 * a counter that is shared by all threads.
 *
 * <p><b>Threads.</b> Any.
 */
public final class ByteBudget {

    /** The error text for a request that does not fit. */
    public static final String REQUESTS_SPENT =
            "The server has all the requests in hand that it has memory for; try again a little later.";

    private final AtomicLong used = new AtomicLong();
    private volatile long limit = Long.MAX_VALUE;

    /** Changes the limit; what is taken stays taken. */
    public void limit(long bytes) {
        limit = bytes;
    }

    /**
     * Takes bytes, if that many are left.
     *
     * @return whether they are taken
     */
    public boolean take(long bytes) {
        // Not added and then subtracted: meanwhile smaller requests of others would be refused.
        long before;
        do {
            before = used.get();
            if (before + bytes > limit) {
                return false;
            }
        } while (!used.compareAndSet(before, before + bytes));
        return true;
    }

    /** Takes bytes that exist already, whatever the limit; a negative number releases them. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }

    /** Releases what was taken. */
    public void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Whether nothing is left. */
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
