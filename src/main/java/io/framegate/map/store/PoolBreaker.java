package io.framegate.map.store;

import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps threads from waiting all together for a pool that gives nothing, since its database stalls. Once one has waited in
 * vain, and nobody else was given a connection meanwhile, one at a time goes on waiting, and the others are told at once that
 * there is none, until one is given again. It is a circuit breaker that is half open whenever it is open. A database that is
 * merely slow gives connections back all the time, and does not open it.
 *
 * <p><b>Threads.</b> For all.
 */
final class PoolBreaker {

    /** A refused connection takes less, and keeps nobody waiting. */
    private static final long IN_VAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private volatile boolean open;
    private volatile long hadNanos = System.nanoTime(); // when a connection was given last
    private final AtomicBoolean trying = new AtomicBoolean();

    /**
     * Before a connection is asked for.
     *
     * @return whether the caller is the one that waits for all; it passes this on to {@link #leave}
     * @throws SQLTransientConnectionException if another one waits already
     */
    boolean enter() throws SQLTransientConnectionException {
        if (!open) {
            return false;
        }
        if (trying.compareAndSet(false, true)) {
            return true;
        }
        throw new SQLTransientConnectionException("The pool gives no connection at present, and is waited for already");
    }

    /**
     * After it was asked for.
     *
     * @param forAll what {@link #enter} has returned
     * @param had whether there was one
     * @param begunNanos when, of {@link System#nanoTime}
     * @param nowNanos when the answer came
     */
    void leave(boolean forAll, boolean had, long begunNanos, long nowNanos) {
        if (had) {
            hadNanos = nowNanos;
            open = false;
        } else if (nowNanos - begunNanos >= IN_VAIN_NANOS && begunNanos - hadNanos >= 0) {
            open = true;
        }
        if (forAll) {
            trying.set(false);
        }
    }
}
