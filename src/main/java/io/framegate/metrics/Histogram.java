package io.framegate.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A histogram of times in nanoseconds. Its buckets are a sixteenth of their power of two wide, after the idea of
 * HdrHistogram (Gil Tene), with a fixed precision.
 *
 * <p>A quantile is off by at most 3.2 % of its value. Times over {@value #MAX_NANOS} ns, eighteen minutes, count as that. A histogram
 * takes 5 KB.
 *
 * <p><b>Threads.</b> Any. Recording is one atomic addition; the hot path records by samples, each with its weight.
 */
public final class Histogram {

    private static final int SUB_BITS = 4;
    private static final int SUBS = 1 << SUB_BITS;
    private static final int MAX_EXPONENT = 40;
    private static final long MAX_NANOS = (1L << MAX_EXPONENT) - 1;
    private static final int BUCKETS = (MAX_EXPONENT - SUB_BITS + 1) * SUBS;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private volatile boolean used; // whether there is anything to copy: most messages are never requested

    /**
     * Adds a time.
     *
     * @param nanos the time; a negative one, from a clock that went back, counts as 0
     * @param weight how many such times it stands for
     */
    public void record(long nanos, long weight) {
        counts.addAndGet(bucket(Math.min(Math.max(0, nanos), MAX_NANOS)), weight);
        // After the count, so that a reset in between does not hide it.
        if (!used) {
            used = true;
        }
    }

    /** A copy of the counts. */
    public Counts counts() {
        if (!used) {
            return Counts.NONE;
        }
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
        }
        return new Counts(copy);
    }

    /** Resets all counts. */
    void reset() {
        used = false;
        for (int i = 0; i < BUCKETS; i++) {
            counts.set(i, 0);
        }
    }

    private static int bucket(long nanos) {
        if (nanos < SUBS) {
            return (int) nanos;
        }
        int exponent = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        int shift = exponent - SUB_BITS;
        return (shift + 1) * SUBS + (int) (nanos >>> shift & SUBS - 1);
    }

    /** The smallest time of a bucket. */
    private static long floor(int bucket) {
        int shift = bucket / SUBS - 1;
        return shift < 0 ? bucket : (long) (SUBS + bucket % SUBS) << shift;
    }

    /** The counts of one moment, or the difference of two. */
    public static final class Counts {

        private static final Counts NONE = new Counts(new long[BUCKETS]);

        private final long[] counts;
        private final long total;

        private Counts(long[] counts) {
            this.counts = counts;
            this.total = Arrays.stream(counts).sum();
        }

        /** No counts. */
        public static Counts none() {
            return NONE;
        }

        /** The counts since an earlier moment; after a reset in between, the present ones. */
        public Counts since(Counts earlier) {
            return earlier.total == 0 ? this : combined(earlier, -1);
        }

        /** The sum of both. */
        public Counts plus(Counts other) {
            if (total == 0) {
                return other;
            }
            return other.total == 0 ? this : combined(other, 1);
        }

        private Counts combined(Counts other, int sign) {
            long[] result = new long[BUCKETS];
            for (int i = 0; i < BUCKETS; i++) {
                result[i] = Math.max(0, counts[i] + sign * other.counts[i]);
            }
            return new Counts(result);
        }

        /** The number of times. */
        public long total() {
            return total;
        }

        /** The number of times of at most that many nanoseconds, by whole buckets. */
        public long atMost(long nanos) {
            long sum = 0;
            for (int i = 0; i < BUCKETS && floor(i) < nanos; i++) {
                sum += counts[i];
            }
            return sum;
        }

        /**
         * A quantile in nanoseconds; 0 if there are no times.
         *
         * @param part 0 … 1: 0.99 for the 99th percentile
         */
        public long quantile(double part) {
            if (total == 0) {
                return 0;
            }
            long rank = Math.max(1, (long) Math.ceil(part * total));
            long seen = 0;
            for (int i = 0; i < BUCKETS; i++) {
                seen += counts[i];
                if (seen >= rank) {
                    long next = i + 1 < BUCKETS ? floor(i + 1) : MAX_NANOS;
                    return floor(i) + (next - floor(i) - 1) / 2;
                }
            }
            return 0;
        }
    }
}
