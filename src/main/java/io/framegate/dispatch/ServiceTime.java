package io.framegate.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Two moving averages of the service time of one route's requests. They decide which thread runs the next one.
 *
 * <pre>
 *  state            while                                                 then
 *  fast             the average of the last few is below 50 µs            one worker thread runs several in a row
 *  inline eligible  the average of the last few hundred is below 25 µs,   the I/O thread that reads a request runs it
 *                   until it is above 50 µs again
 * </pre>
 *
 * One request that blocks for a second among a hundred thousand fast ones ends the eligibility for the next thousand or so; one
 * that lost its core for a few milliseconds does not.
 *
 * <p><b>Threads.</b> Any. Concurrent updates may be lost, which does not matter.
 */
final class ServiceTime {

    /** A task of less than this is done before another thread would be awake. */
    private static final long FAST_NANOS = 50_000;

    private static final long INLINE_NANOS = FAST_NANOS / 2;

    /** The short average forgets half of the past in about six requests, the long one in about 180. */
    private static final int SHORT_SHIFT = 3;

    private static final int LONG_SHIFT = 8;

    // Slow until measured.
    private volatile long shortNanos = 2 * FAST_NANOS;
    private volatile long longNanos = 2 * FAST_NANOS;
    private volatile boolean inlineEligible;

    /** The moving average of the last few. */
    long averageNanos() {
        return shortNanos;
    }

    boolean isFast() {
        return shortNanos < FAST_NANOS;
    }

    boolean isInlineEligible() {
        return inlineEligible;
    }

    /** Records one request. */
    void record(long nanos) {
        shortNanos += (nanos - shortNanos) >> SHORT_SHIFT;
        record(1, nanos);
    }

    /** Records requests that an I/O thread ran one after the other. */
    void record(int requests, long nanosInAll) {
        long average = longNanos;
        int counted = Math.min(requests, 1 << LONG_SHIFT);
        average += (nanosInAll / requests - average) * counted >> LONG_SHIFT;
        longNanos = average;
        boolean trust = inlineEligible ? average < FAST_NANOS : average < INLINE_NANOS;
        if (trust != inlineEligible) {
            inlineEligible = trust;
        }
    }

    /**
     * One thread's records that are not flushed yet: an update of the shared averages costs as much as a fast request. Several
     * are flushed together, earlier if they took as long as several slow ones.
     *
     * <p><b>Threads.</b> One at a time.
     */
    static final class Tally {

        private static final int TOGETHER = 16;

        private @Nullable ServiceTime serviceTime;
        private int requests;
        private long nanos;

        /** Records requests that an I/O thread ran one after the other. */
        void record(ServiceTime serviceTime, int requests, long nanosInAll) {
            if (serviceTime != this.serviceTime) {
                flush();
                this.serviceTime = serviceTime;
            }
            this.requests += requests;
            this.nanos += nanosInAll;
            if (this.requests >= TOGETHER || nanos >= TOGETHER * FAST_NANOS) {
                flush();
            }
        }

        private void flush() {
            if (serviceTime != null && requests > 0) {
                serviceTime.record(requests, nanos);
            }
            requests = 0;
            nanos = 0;
        }
    }
}
