package io.framegate.transport;

import java.util.concurrent.atomic.LongAdder;

/**
 * How many of a channel group's threads take part in reading: as few as the load needs, the others rest.
 *
 * <p>A group's threads lead in turn: the one that is given an event wakes another to wait for the next, before it handles its
 * own. Where requests come one after the other, that wake-up is half of what a small one costs, and it is for nothing: the
 * thread itself is back before the next request comes. The JDK wakes nobody where no other thread of the group waits. So a
 * thread that has handled what was read, and is not needed, rests right there, at the end of its completion handler, until it
 * is called.
 *
 * <p><b>Threads.</b> Any. {@code free} counts the threads that wait for events or handle them, without those that rest and
 * those that are lent to a worker that may wait. While the last free one may be lent, one of those that rest, the <em>guard</em>,
 * looks every {@value #GUARD_MILLIS} ms whether threads still come back, and goes itself if none does: so what a worker does keeps no
 * other connection from being read for longer than that, and quick ones wake nobody. Should all of them be kept by what was said
 * never to wait, others are called at the next look.
 *
 * <p><b>Limits.</b> So many threads are wanted that each was busy for at most {@value #SHARE} of the time between the last two
 * looks, up to one for each core: the time in which a thread wanted to run and could not counts as busy too, so where all
 * cores are taken any number would seem too few. A thread that rests holds on to the connection that it read last, so a few
 * closed ones may be kept from the collector.
 */
final class ReadingThreads {

    /** Of its time, above which a thread is to get help. */
    private static final double SHARE = 0.8;

    /** Of that share, so that the number does not flutter. */
    private static final double MARGIN = 0.75;

    private static final int GUARD_MILLIS = 1;

    /** So often the guard finds that nothing was lent before it rests like the others. */
    private static final int IDLE_LOOKS = 8;

    private final int count;
    private final int cores;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();

    // Guarded by this; the volatile ones are read without.
    private volatile int free;
    private volatile int wanted = 1;
    private int lent;
    private int resting;
    private int called; // of those that no longer count as resting, who have not noticed
    private long lendings; // begun and ended
    private boolean guardWanted;
    private boolean guarded;
    private boolean closed;

    // Of who looks.
    private long lookedNanos = System.nanoTime();
    private long seenEnded;
    private long seenBusyNanos;
    private int forLoad = 1; // threads
    private int stuck; // threads that do not come back, though nobody said that they may wait

    /**
     * @param count threads of the group
     * @param cores of the machine: more threads than that are not called for the load, since they would only take turns
     */
    ReadingThreads(int count, int cores) {
        this.count = count;
        this.cores = cores;
        this.free = count;
    }

    /** A thread begins to handle what was read. */
    void begin() {
        begun.increment();
    }

    /**
     * It is done with that. Where it is not needed it rests before this returns, so it must have nothing left to do.
     *
     * @param nanos how long that took
     */
    void end(long nanos) {
        ended.increment();
        busyNanos.add(nanos);
        if (free > wanted) {
            rest();
        }
    }

    /** A thread did something else for so long. */
    void took(long nanos) {
        busyNanos.add(nanos);
    }

    private synchronized void rest() {
        if (closed || free <= wanted) {
            return;
        }
        free--;
        resting++;
        try {
            while (called == 0) {
                if (guardWanted && !guarded) {
                    guard();
                } else {
                    wait();
                }
            }
            called--;
        } catch (InterruptedException e) {
            if (called > 0) {
                called--;
            } else {
                resting--;
                free++;
            }
            Thread.currentThread().interrupt();
        }
    }

    /** Looks after those that are lent, until it is called or there are none any more. Guarded by this. */
    private void guard() throws InterruptedException {
        guarded = true;
        try {
            int idleLooks = 0;
            while (called == 0 && idleLooks < IDLE_LOOKS) {
                long seen = lendings;
                wait(GUARD_MILLIS);
                if (lendings != seen) {
                    idleLooks = 0;
                } else if (lent > 0 && free < 1) {
                    call();
                } else {
                    idleLooks++;
                }
            }
        } finally {
            guarded = false;
            guardWanted = false;
        }
    }

    private void call() {
        if (resting > 0) {
            resting--;
            free++;
            called++;
            notify();
        }
    }

    /** A reading thread is about to have a worker do what may wait. */
    synchronized void lend() {
        free--;
        lent++;
        lendings++;
        if (free < 1 && resting > 0 && !guardWanted) {
            guardWanted = true;
            notify();
        }
    }

    /** The worker has done it. */
    synchronized void giveBack() {
        lent--;
        free++;
        lendings++;
    }

    /** Fits the number of threads to the load since the last look. By one thread at a time. */
    void look(long nowNanos) {
        long nowEnded = ended.sum();
        long nowBusyNanos = busyNanos.sum();
        int handling = (int) (begun.sum() - nowEnded);
        double load = (nowBusyNanos - seenBusyNanos) / (double) Math.max(1, nowNanos - lookedNanos);
        int least = 1 + (int) (load / SHARE);
        int most = 1 + (int) (load / (SHARE * MARGIN));
        forLoad = Math.min(cores, Math.max(least, Math.min(most, forLoad)));
        synchronized (this) {
            boolean allStuck = nowEnded == seenEnded && handling >= free + lent;
            stuck = Math.max(0, allStuck ? handling - lent : Math.min(stuck, handling - lent));
            wanted = Math.min(forLoad + stuck, count);
            while (free < wanted && resting > 0) {
                call();
            }
        }
        seenEnded = nowEnded;
        seenBusyNanos = nowBusyNanos;
        lookedNanos = nowNanos;
    }

    /** None rests any more. */
    synchronized void close() {
        closed = true;
        while (resting > 0) {
            call();
        }
    }
}
