package io.framegate.transport;

import java.util.function.LongSupplier;

/**
 * The clock that deadlines are judged by: {@link System#nanoTime} without the time in which this process did not run.
 *
 * <p>A process may be stopped by a signal, frozen with its container, or paused by a collector or with its virtual machine.
 * When it goes on, its peers have kept their deadlines, but what they sent is still in the sockets, while by the time of
 * the machine everything is late. So the one thread that judges deadlines looks at this clock before it does. Where its
 * looks are further apart than {@value #LONGEST_STEP_MILLIS} ms, the process did not run, or nearly so: the clock then stands for
 * {@value #GRACE_MILLIS} ms, in which the other threads read what has come.
 *
 * <p><b>Threads.</b> One looks, any may ask.
 *
 * <p><b>Limits.</b> The clock never gets ahead of the machine's. Where every look is late it goes on all the same, more
 * slowly: there is no second grace before a look has come in time. What is asked between the end of a suspension and the
 * next look is ahead of that look by at most the longest step.
 */
final class ProcessClock {

    static final int LONGEST_STEP_MILLIS = 500;
    static final int GRACE_MILLIS = 1000;

    private static final long LONGEST_STEP_NANOS = LONGEST_STEP_MILLIS * 1_000_000L;
    private static final long GRACE_NANOS = GRACE_MILLIS * 1_000_000L;

    private final LongSupplier nanoTime;
    private volatile Look last;

    // Of the one who looks.
    private long lookedNanos;
    private boolean graceGiven; // since the last look that came in time

    /** Until {@code fromNanos} of the machine's time the clock shows {@code nanos}; then it goes on. */
    private record Look(long fromNanos, long nanos) {}

    /** @param nanoTime the machine's time, as {@link System#nanoTime} */
    ProcessClock(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        long now = nanoTime.getAsLong();
        this.last = new Look(now, now);
        this.lookedNanos = now;
    }

    /** The present time of this clock, in nanoseconds. */
    long nanos() {
        return at(nanoTime.getAsLong());
    }

    /** The time of this clock at a present time of the machine. */
    long at(long machineNanos) {
        Look look = last;
        return look.nanos + Math.max(0, Math.min(machineNanos - look.fromNanos, LONGEST_STEP_NANOS));
    }

    /**
     * Takes notice of the present time. To be called several times within the longest step.
     *
     * @return the time of this clock by which deadlines may be judged now
     */
    long look() {
        long now = nanoTime.getAsLong();
        boolean inTime = now - lookedNanos <= LONGEST_STEP_NANOS;
        lookedNanos = now;
        Look before = last;
        if (inTime || graceGiven) {
            graceGiven = !inTime;
            if (now - before.fromNanos > 0) {
                last = new Look(now, at(now));
            }
        } else {
            graceGiven = true;
            last = new Look(now + GRACE_NANOS, before.nanos);
        }
        return last.nanos;
    }
}
