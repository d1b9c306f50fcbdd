package io.framegate.transport;

import java.util.function.LongSupplier;

/**
 * The clock of all deadlines: {@link System#nanoTime} without the time in which this process did not run.
 *
 * <p>A process may be stopped by a signal, frozen with its container, or paused by a collector or with its virtual machine.
 * When it resumes, its peers have kept their deadlines, but what they sent is still in the sockets, while by the machine's
 * clock every deadline has passed. The thread that checks deadlines therefore ticks this clock first. If two
 * ticks are more than {@value #LONGEST_STEP_MILLIS} ms apart, the process did not run, or hardly: the clock then stops for
 * {@value #GRACE_MILLIS} ms, in which the other threads read what has arrived.
 *
 * <p><b>Threads.</b> One ticks, any may read.
 *
 * <p><b>Limits.</b> The clock never gets ahead of the machine's. If every tick is late it still goes on, more slowly:
 * there is no second grace before a tick was in time. A reading between the end of a suspension and the
 * next tick is ahead of that tick by at most the longest step.
 */
final class ProcessClock {

    static final int LONGEST_STEP_MILLIS = 500;
    static final int GRACE_MILLIS = 1000;

    private static final long LONGEST_STEP_NANOS = LONGEST_STEP_MILLIS * 1_000_000L;
    private static final long GRACE_NANOS = GRACE_MILLIS * 1_000_000L;

    private final LongSupplier nanoTime;
    private volatile Tick last;

    // The ticking thread's.
    private long tickedNanos;
    private boolean graceGiven; // since the last tick that was in time

    /** Until {@code fromNanos} of the machine's time the clock shows {@code nanos}; then it goes on. */
    private record Tick(long fromNanos, long nanos) {}

    /** @param nanoTime the machine's time, as {@link System#nanoTime} */
    ProcessClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.last = new Tick(now, now);
        this.tickedNanos = now;
    }

    /** The present time of this clock, in nanoseconds. */
    long nanos() {
        return at(nanoTime.getAsLong());
    }

    /** The time of this clock at a present time of the machine. */
    long at(long machineNanos) {
        Tick tick = last;
        return tick.nanos + Math.max(0, Math.min(machineNanos - tick.fromNanos, LONGEST_STEP_NANOS));
    }

    /**
     * Takes notice of the present time. To be called several times within the longest step.
     *
     * @return the time of this clock by which deadlines may be judged now
     */
    long tick() {
        long now = nanoTime.getAsLong();
        boolean inTime = now - tickedNanos <= LONGEST_STEP_NANOS;
        tickedNanos = now;
        Tick before = last;
        if (inTime || graceGiven) {
            graceGiven = !inTime;
            if (now - before.fromNanos > 0) {
                last = new Tick(now, at(now));
            }
        } else {
            graceGiven = true;
            last = new Tick(now + GRACE_NANOS, before.nanos);
        }
        return last.nanos;
    }
}
