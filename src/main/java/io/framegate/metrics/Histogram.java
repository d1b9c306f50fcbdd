package io.framegate.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How often a time was how long, in nanoseconds: buckets that are a sixteenth of their power of two wide, after the idea of
 * HdrHistogram (Gil Tene), with a fixed precision and without its ways of recording that a gate does not need.
 *
 * <p>A quantile is off by at most 3.2 % of its value. Times over {@value #MAX_NANOS} ns, eighteen minutes, count as that. One
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
    private volatile boolean used; // whether there is anything to copy: most messages are never asked

    /**
     * Adds a time.
     *
     * @param nanos how long; a negative one, by a clock that went back, counts as 0
     * @param weight how many such times it stands for
     */
    public void record(long nanos, long weight) {
        counts.addAndGet(bucket(Math.min(Math.max(0, nanos), MAX_NANOS)), weight);
        // After the count, so that a reset in between does not hide it.
        if (!used) {
            used = true;
        }
    }

    /** What has been recorded up to now. */
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

    /** Forgets all of it. */
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

    /** The counts of one moment, or between two. */
    public static final class Counts {

        private static final Counts NONE = new Counts(new long[BUCKETS]);

        private final long[] counts;
        private final long total;

        private Counts(long[] counts) {
            this.counts = counts;
            this.total = Arrays.stream(counts).sum();
        }

        /** None at all. */
        public static Counts none() {
            return NONE;
        }

        /** What has come since an earlier moment; after a reset in between, what is there now. */
        public Counts since(Counts earlier) {
            return earlier.total == 0 ? this : combined(earlier, -1);
        }

        /** Both together. */
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

        /** How many times. */
        public long total() {
            return total;
        }

        /** How many of at most this many nanoseconds, as far as whole buckets tell. */
        public long atMost(long nanos) {
            long sum = 0;
            for (int i = 0; i < BUCKETS && floor(i) < nanos; i++) {
                sum += counts[i];
            }
            return sum;
        }

        /**
         * The time that a part of all times does not exceed, in nanoseconds; 0 where there are none.
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
