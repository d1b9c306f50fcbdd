package io.framegate.bench;

import org.HdrHistogram.Histogram;

/** What one measurement of one subject has seen. Not safe for use by several threads. */
final class Result {

    private static final long MAX_NANOS = 60_000_000_000L;

    private final Histogram nanos = new Histogram(MAX_NANOS, 3);
    private long answered;
    private long elapsedNanos;
    private double cpuSeconds;

    void answered(long count, long latencyNanos) {
        answered += count;
        nanos.recordValueWithCount(Math.min(Math.max(0, latencyNanos), MAX_NANOS), count);
    }

    /** Takes what another has seen. */
    void add(Result other) {
        answered += other.answered;
        nanos.add(other.nanos);
    }

    void ended(long elapsed) {
        elapsedNanos = elapsed;
    }

    void usedCpu(double seconds) {
        cpuSeconds = seconds;
    }

    long answered() {
        return answered;
    }

    /** What is told of it. The CPU time is the server's process', user and system. */
    Measurement measurement() {
        return new Measurement(
                answered,
                answered * 1e9 / elapsedNanos,
                cpuSeconds * 1e6 / Math.max(1, answered),
                micros(50),
                micros(99),
                micros(99.9));
    }

    private double micros(double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e3;
    }
}
