package io.framegate.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of one gate since its start.
 *
 * <p>They are {@link LongAdder}s, not metrics of MicroProfile: one {@code Counter.inc()} costs microseconds there, more
 * than the whole rest of a small request. Counting never fails and never waits.
 */
public final class GateMetrics {

    private final LongAdder connectionsOpened = new LongAdder();
    private final LongAdder connectionsClosed = new LongAdder();
    private final LongAdder connectionsRefused = new LongAdder();
    private final LongAdder acceptsFailed = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder readsPaused = new LongAdder();
    private final Map<String, LongAdder> closedByReason = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> refusedByCode = new ConcurrentHashMap<>();
    private final List<MessageMetrics> messages = new CopyOnWriteArrayList<>();
    private final LongAdder[] reached = adders(LimitKind.values().length);
    private final Histogram waits = new Histogram();

    /** Adds a kind of request, at the start; the set of labels is bounded by what is deployed. */
    public MessageMetrics addMessage(int id, String name) {
        MessageMetrics info = new MessageMetrics(id, name);
        messages.add(info);
        return info;
    }

    public void connectionOpened() {
        connectionsOpened.increment();
    }

    /**
     * @param reason the name of a close reason: a bounded set
     */
    public void connectionClosed(String reason) {
        connectionsClosed.increment();
        closedByReason.computeIfAbsent(reason, key -> new LongAdder()).increment();
    }

    /** A connection over the limit was rejected. */
    public void connectionRefused() {
        connectionsRefused.increment();
    }

    public void acceptFailed() {
        acceptsFailed.increment();
    }

    public void bytesRead(long bytes) {
        bytesRead.add(bytes);
    }

    public void bytesWritten(long bytes) {
        bytesWritten.add(bytes);
    }

    /** Reading from a connection stopped because its pipeline is full. */
    public void readPaused() {
        readsPaused.increment();
    }

    /** A limit was reached. */
    public void reached(LimitKind limit) {
        reached[limit.ordinal()].increment();
    }

    /**
     * A request was answered by an error.
     *
     * @param code the name of a refusal's code: a bounded set
     */
    public void refused(String code) {
        refusedByCode.computeIfAbsent(code, key -> new LongAdder()).increment();
    }

    /**
     * A request has left the queue.
     *
     * @param requests how many it stands for
     */
    public void waited(long nanos, int requests) {
        waits.record(nanos, requests);
    }

    /** How long requests were queued. */
    public Histogram waits() {
        return waits;
    }

    /**
     * Resets all counters but that of open connections. What is counted concurrently may be lost, or be in one sum and not in
     * another.
     */
    public void reset() {
        long open = connectionsOpen();
        connectionsClosed.reset();
        connectionsOpened.reset();
        connectionsOpened.add(open);
        for (LongAdder adder : List.of(connectionsRefused, acceptsFailed, bytesRead, bytesWritten, readsPaused)) {
            adder.reset();
        }
        for (LongAdder adder : reached) {
            adder.reset();
        }
        closedByReason.values().forEach(LongAdder::reset);
        refusedByCode.values().forEach(LongAdder::reset);
        messages.forEach(MessageMetrics::reset);
        waits.reset();
    }

    public long connectionsOpened() {
        return connectionsOpened.sum();
    }

    /** Open connections. */
    public long connectionsOpen() {
        return Math.max(0, connectionsOpened.sum() - connectionsClosed.sum());
    }

    public long connectionsRefused() {
        return connectionsRefused.sum();
    }

    public long acceptsFailed() {
        return acceptsFailed.sum();
    }

    public long bytesRead() {
        return bytesRead.sum();
    }

    public long bytesWritten() {
        return bytesWritten.sum();
    }

    public long readsPaused() {
        return readsPaused.sum();
    }

    /** How often a limit was reached. */
    public long reachedTimes(LimitKind limit) {
        return reached[limit.ordinal()].sum();
    }

    /** How many connections were closed for each reason. */
    public Map<String, Long> closedByReason() {
        return sums(closedByReason);
    }

    /** How many requests were answered by an error, for each refusal code. */
    public Map<String, Long> refusedByCode() {
        return sums(refusedByCode);
    }

    /** Every kind of request, in the order of deployment. */
    public List<MessageMetrics> messages() {
        return List.copyOf(messages);
    }

    private static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        Arrays.setAll(adders, i -> new LongAdder());
        return adders;
    }

    private static Map<String, Long> sums(Map<String, LongAdder> adders) {
        Map<String, Long> sums = new TreeMap<>();
        adders.forEach((key, adder) -> sums.put(key, adder.sum()));
        return sums;
    }
}
