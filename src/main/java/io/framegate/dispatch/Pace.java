package io.framegate.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * How long the requests of one route take, and what that says about where they are best worked.
 *
 * <pre>
 *  word     while                                                 then
 *  quick    the average of the last few is below 50 µs            several in a row are worked by one thread
 *  trusted  the average of the last few hundred is below 25 µs,   they are worked by the thread that read them
 *           until it is above 50 µs again
 * </pre>
 *
 * One that waits for a second among a hundred thousand quick ones ends the trust for the next thousand or so; one that was
 * kept from its core for a few milliseconds does not.
 *
 * <p><b>Threads.</b> Any. An update that is lost to another of the same moment does not matter.
 */
final class Pace {

    /** Work of less than this is over before another thread would be awake. */
    private static final long QUICK_NANOS = 50_000;

    private static final long TRUSTED_NANOS = QUICK_NANOS / 2;

    /** The short average forgets half of the past in about six requests, the long one in about 180. */
    private static final int SHORT_SHIFT = 3;

    private static final int LONG_SHIFT = 8;

    // Not quick until measured.
    private volatile long shortNanos = 2 * QUICK_NANOS;
    private volatile long longNanos = 2 * QUICK_NANOS;
    private volatile boolean trusted;

    /** What the last few took, as a moving average. */
    long averageNanos() {
        return shortNanos;
    }

    boolean isQuick() {
        return shortNanos < QUICK_NANOS;
    }

    boolean isTrusted() {
        return trusted;
    }

    /** One request was worked. */
    void took(long nanos) {
        shortNanos += (nanos - shortNanos) >> SHORT_SHIFT;
        took(1, nanos);
    }

    /** Some requests were worked one after the other, by the thread that read them. */
    void took(int requests, long nanosInAll) {
        long average = longNanos;
        int counted = Math.min(requests, 1 << LONG_SHIFT);
        average += (nanosInAll / requests - average) * counted >> LONG_SHIFT;
        longNanos = average;
        boolean trust = trusted ? average < QUICK_NANOS : average < TRUSTED_NANOS;
        if (trust != trusted) {
            trusted = trust;
        }
    }

    /**
     * What one thread has not told yet: averages that all threads share cost as much as a quick request. So these are told several
     * together, and sooner only what has taken as long as several that are not quick.
     *
     * <p><b>Threads.</b> One at a time.
     */
    static final class Tally {

        private static final int TOGETHER = 16;

        private @Nullable Pace pace;
        private int requests;
        private long nanos;

        /** Some requests were worked one after the other, by the thread that read them. */
        void took(Pace pace, int requests, long nanosInAll) {
            if (pace != this.pace) {
                tell();
                this.pace = pace;
            }
            this.requests += requests;
            this.nanos += nanosInAll;
            if (this.requests >= TOGETHER || nanos >= TOGETHER * QUICK_NANOS) {
                tell();
            }
        }

        private void tell() {
            if (pace != null && requests > 0) {
                pace.took(requests, nanos);
            }
            requests = 0;
            nanos = 0;
        }
    }
}
