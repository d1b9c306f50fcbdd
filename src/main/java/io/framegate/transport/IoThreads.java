package io.framegate.transport;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Decides how many of a channel group's threads take part in reading: as few as the load needs. The others park.
 *
 * <p>In a channel group, the thread that gets an event wakes another one to wait for the next event, before it handles its own. If
 * requests arrive one after the other, that wake-up is half the cost of a small request and useless: the thread itself is back
 * before the next request arrives. The JDK wakes no thread if no other one waits. A thread that has handled a read and is not
 * needed therefore parks at the end of its completion handler.
 *
 * <p><b>Threads.</b> Any. {@linkplain #free Free} are the threads that wait for events or handle them, without those that rest and
 * those that are lent to a worker that may wait. To lend takes no lock, since the threads would wait for each other at every read:
 * who lends says so and then looks who rests, and who rests says so and then looks who is lent, so one of them sees the other. While the last free one may be lent, one of those that rest, the <em>guard</em>,
 * looks every {@value #LEADER_POLL_MILLIS} ms whether threads still come back, and goes itself if none does: so what a worker does keeps no
 * other connection from being read for longer than that, and quick ones wake nobody. Should all of them be kept by what was said
 * never to wait, others are called at the next look.
 *
 * <p><b>Limits.</b> So many threads are wanted that each was busy for at most {@value #SHARE} of the time between the last two
 * looks, up to one for each core: the time in which a thread wanted to run and could not counts as busy too, so where all
 * cores are taken any number would seem too few. A thread that rests holds on to the connection that it read last, so a few
 * closed ones may be kept from the collector.
 */
final class IoThreads {

    /** A thread that is busy for a larger part of its time gets help. */
    private static final double SHARE = 0.8;

    /** Hysteresis, as a part of that share. */
    private static final double MARGIN = 0.75;

    private static final int LEADER_POLL_MILLIS = 1;

    private static final long BLOCK = (1L << Integer.SIZE) + 1;
    private static final long UNBLOCK = (1L << Integer.SIZE) - 1;

    /** The leader steps down after so many polls without a blocking thread. */
    private static final int IDLE_POLLS = 8;

    private final int count;
    private final int cores;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder busyNanos = new LongAdder();

    /** Lower half: threads in a blocking section. Upper half: how often one began or ended. */
    private final AtomicLong blockings = new AtomicLong();

    // Changed under the lock of this; the volatile ones are read without.
    private volatile int wanted = 1;
    private volatile int parked;
    private int unparked; // threads that no longer count as parked and have not woken up yet
    private volatile boolean leaderWanted;
    private boolean hasLeader;
    private boolean closed;

    // The polling thread's.
    private long polledNanos = System.nanoTime();
    private long seenEnded;
    private long seenBusyNanos;
    private int forLoad = 1; // threads
    private int stuck; // threads that do not return although they never said that they block

    /**
     * @param count threads of the group
     * @param cores of the machine; the load alone never unparks more threads than that
     */
    IoThreads(int count, int cores) {
        this.count = count;
        this.cores = cores;
    }

    private int free() {
        return count - parked - blocking(blockings.get());
    }

    private static int blocking(long blockings) {
        return (int) blockings;
    }

    /** A thread begins to handle a read. */
    void begin() {
        begun.increment();
    }

    /**
     * It has handled the read. It parks before this returns if it is not needed and may park.
     *
     * @param nanos how long that took
     * @param mayPark false for a thread that has more to do
     */
    void end(long nanos, boolean mayPark) {
        ended.increment();
        busyNanos.add(nanos);
        if (mayPark && free() > wanted) {
            park();
        }
    }

    /** Records the time of other work of a thread. */
    void record(long nanos) {
        busyNanos.add(nanos);
    }

    private synchronized void park() {
        if (closed || free() <= wanted) {
            return;
        }
        parked++;
        electLeader();
        try {
            while (unparked == 0) {
                if (leaderWanted && !hasLeader) {
                    lead();
                } else {
                    wait();
                }
            }
            unparked--;
        } catch (InterruptedException e) {
            if (unparked > 0) {
                unparked--;
            } else {
                parked--;
            }
            Thread.currentThread().interrupt();
        }
    }

    /** Watches the blocking threads, until it is unparked or none blocks any more. Guarded by this. */
    private void lead() throws InterruptedException {
        hasLeader = true;
        try {
            int idlePolls = 0;
            while (unparked == 0 && idlePolls < IDLE_POLLS) {
                long seen = blockings.get();
                wait(LEADER_POLL_MILLIS);
                if (blockings.get() != seen) {
                    idlePolls = 0;
                } else if (blocking(seen) > 0 && free() < 1) {
                    unpark();
                } else {
                    idlePolls++;
                }
            }
        } finally {
            hasLeader = false;
            leaderWanted = false;
            // A thread that began to block before it saw the leader gone has elected none.
            electLeader();
        }
    }

    private synchronized void electLeader() {
        if (isLeaderMissing()) {
            leaderWanted = true;
            notify();
        }
    }

    private boolean isLeaderMissing() {
        return !leaderWanted && parked > 0 && free() < 1;
    }

    private void unpark() {
        if (parked > 0) {
            parked--;
            unparked++;
            notify();
        }
    }

    /** The calling I/O thread runs a worker that may block. */
    void beginBlocking() {
        blockings.addAndGet(BLOCK);
        if (isLeaderMissing()) {
            electLeader();
        }
    }

    /** The worker has returned. */
    void endBlocking() {
        blockings.addAndGet(UNBLOCK);
    }

    /** Adapts the number of threads to the load since the last poll. By one thread at a time. */
    void poll(long nowNanos) {
        long nowEnded = ended.sum();
        long nowBusyNanos = busyNanos.sum();
        int handling = (int) (begun.sum() - nowEnded);
        double load = (nowBusyNanos - seenBusyNanos) / (double) Math.max(1, nowNanos - polledNanos);
        int least = 1 + (int) (load / SHARE);
        int most = 1 + (int) (load / (SHARE * MARGIN));
        forLoad = Math.min(cores, Math.max(least, Math.min(most, forLoad)));
        synchronized (this) {
            int blocking = blocking(blockings.get());
            boolean allStuck = nowEnded == seenEnded && handling >= count - parked;
            stuck = Math.max(0, allStuck ? handling - blocking : Math.min(stuck, handling - blocking));
            wanted = Math.min(forLoad + stuck, count);
            while (free() < wanted && parked > 0) {
                unpark();
            }
        }
        seenEnded = nowEnded;
        seenBusyNanos = nowBusyNanos;
        polledNanos = nowNanos;
    }

    /** Unparks all, and lets none park any more. */
    synchronized void close() {
        closed = true;
        while (parked > 0) {
            unpark();
        }
    }
}
