package io.framegate.client;

import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next try to connect: nothing after an answer, then 50 ms, doubling up to 2 s.
 *
 * <p>Only an answer counts as success, not a connection: a server that accepts and closes at once would otherwise be
 * run into as fast as the network allows.
 */
final class Backoff {

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(2);

    private long nextNanos; // guarded by this
    private long notBeforeNanos = System.nanoTime(); // guarded by this

    synchronized void succeeded() {
        nextNanos = 0;
        notBeforeNanos = System.nanoTime();
    }

    synchronized void failed() {
        nextNanos = nextNanos == 0 ? FIRST_NANOS : Math.min(2 * nextNanos, LONGEST_NANOS);
        notBeforeNanos = System.nanoTime() + nextNanos;
    }

    /** What is left of the wait, 0 where there is none. */
    synchronized long remainingNanos() {
        return Math.max(0, notBeforeNanos - System.nanoTime());
    }
}
