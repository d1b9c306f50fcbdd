package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLong;
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
 * <p><b>Threads.</b> Any. {@linkplain #free Free} are the threads that wait for events or handle them, without those that rest and
 * those that are lent to a worker that may wait. To lend takes no lock, since the threads would wait for each other at every read:
 * who lends says so and then looks who rests, and who rests says so and then looks who is lent, so one of them sees the other. While the last free one may be lent, one of those that rest, the <em>guard</em>,
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

    private static final long LENT = (1L << Integer.SIZE) + 1;
    private static final long BACK = (1L << Integer.SIZE) - 1;

    /** So often the guard finds that nothing was lent before it rests like the others. */
    private static final int IDLE_LOOKS = 8;

    private final int count;
    private final int cores;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();

    /** In its lower half the threads that are lent, in its upper half how often one was lent or came back. */
    private final AtomicLong lendings = new AtomicLong();

    // Changed under the lock of this; the volatile ones are read without.
    private volatile int wanted = 1;
    private volatile int resting;
    private int called; // of those that no longer count as resting, who have not noticed
    private volatile boolean guardWanted;
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
    }

    private int free() {
        return count - resting - lent(lendings.get());
    }

    private static int lent(long lendings) {
        return (int) lendings;
    }

    /** A thread begins to handle what was read. */
    void begin() {
        begun.increment();
    }

    /**
     * It is done with that. Where it is not needed it rests before this returns, if it has nothing left to do.
     *
     * @param nanos how long that took
     * @param mayRest false for a thread that has more to do
     */
    void end(long nanos, boolean mayRest) {
        ended.increment();
        busyNanos.add(nanos);
        if (mayRest && free() > wanted) {
            rest();
        }
    }

    /** A thread did something else for so long. */
    void took(long nanos) {
        busyNanos.add(nanos);
    }

    private synchronized void rest() {
        if (closed || free() <= wanted) {
            return;
        }
        resting++;
        appointGuard();
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
                long seen = lendings.get();
                wait(GUARD_MILLIS);
                if (lendings.get() != seen) {
                    idleLooks = 0;
                } else if (lent(seen) > 0 && free() < 1) {
                    call();
                } else {
                    idleLooks++;
                }
            }
        } finally {
            guarded = false;
            guardWanted = false;
            // Who has lent the last free one before it could see that has appointed none.
            appointGuard();
        }
    }

    private synchronized void appointGuard() {
        if (isGuardMissing()) {
            guardWanted = true;
            notify();
        }
    }

    private boolean isGuardMissing() {
        return !guardWanted && resting > 0 && free() < 1;
    }

    private void call() {
        if (resting > 0) {
            resting--;
            called++;
            notify();
        }
    }

    /** A reading thread is about to have a worker do what may wait. */
    void lend() {
        lendings.addAndGet(LENT);
        if (isGuardMissing()) {
            appointGuard();
        }
    }

    /** The worker has done it. */
    void giveBack() {
        lendings.addAndGet(BACK);
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
            int lent = lent(lendings.get());
            boolean allStuck = nowEnded == seenEnded && handling >= count - resting;
            stuck = Math.max(0, allStuck ? handling - lent : Math.min(stuck, handling - lent));
            wanted = Math.min(forLoad + stuck, count);
            while (free() < wanted && resting > 0) {
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
