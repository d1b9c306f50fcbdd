package io.framegate.metrics;

import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of one kind of request. Times are sums in nanoseconds; those of fast requests are extrapolated from samples.
 */
public final class MessageMetrics {

    private final int id;
    private final String name;
    private final LongAdder received = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder decodeNanos = new LongAdder();
    private final LongAdder workNanos = new LongAdder();
    private final LongAdder encodeNanos = new LongAdder();
    private final LongAdder compressNanos = new LongAdder();
    private final Histogram times = new Histogram();

    MessageMetrics(int id, String name) {
        this.id = id;
        this.name = name;
    }

    /** A request was received. */
    public void received(int bodyBytes) {
        received(1, bodyBytes);
    }

    /** Requests were received, with that many bytes in all. */
    public void received(int requests, long bodyBytes) {
        received.add(requests);
        bytesIn.add(bodyBytes);
    }

    /** Requests were answered by their worker's results, with that many bytes in all. */
    public void answered(int requests, long frameBytes) {
        answered.add(requests);
        bytesOut.add(frameBytes);
    }

    /** A request was answered by its worker's result. */
    public void answered(int frameBytes) {
        answered(1, frameBytes);
    }

    /** A request was answered by an error. */
    public void failed(int frameBytes) {
        failed.increment();
        bytesOut.add(frameBytes);
    }

    /** An answer that is counted was not sent: an error was sent instead, after the deadline. */
    public void dropped(boolean wasAnswered, int frameBytes) {
        (wasAnswered ? answered : failed).decrement();
        bytesOut.add(-frameBytes);
    }

    /**
     * The time that the steps of one request took, in nanoseconds.
     *
     * @param requests for how many requests it stands: fast ones are timed by samples
     */
    public void timed(int requests, long decode, long work, long encode, long compress) {
        decodeNanos.add(requests * decode);
        workNanos.add(requests * work);
        encodeNanos.add(requests * encode);
        compressNanos.add(requests * compress);
        times.record(decode + work + encode + compress, requests);
    }

    void reset() {
        for (LongAdder adder : new LongAdder[] {
            received, answered, failed, bytesIn, bytesOut, decodeNanos, workNanos, encodeNanos, compressNanos
        }) {
            adder.reset();
        }
        times.reset();
    }

    /** How long the answered requests took, from the start of their decoding to the finished frame. */
    public Histogram times() {
        return times;
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    public long received() {
        return received.sum();
    }

    public long answered() {
        return answered.sum();
    }

    public long failed() {
        return failed.sum();
    }

    public long bytesIn() {
        return bytesIn.sum();
    }

    public long bytesOut() {
        return bytesOut.sum();
    }

    public long decodeNanos() {
        return decodeNanos.sum();
    }

    public long workNanos() {
        return workNanos.sum();
    }

    public long encodeNanos() {
        return encodeNanos.sum();
    }

    public long compressNanos() {
        return compressNanos.sum();
    }
}
