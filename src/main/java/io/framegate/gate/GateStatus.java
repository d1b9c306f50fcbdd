package io.framegate.gate;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a gate is doing at one moment.
 *
 * @param state whether it takes requests
 * @param accepting whether the port is open; one that has closed by itself is not opened again
 * @param address where it listens; none before the port is bound
 * @param messages kinds of request that it takes
 * @param connections those that are open
 * @param workers the threads behind the port, and what waits for them
 * @param pending what is held for clients
 * @param cache the answers that may be given again
 */
public record GateStatus(
        Gate.State state,
        boolean accepting,
        Optional<InetSocketAddress> address,
        int messages,
        Connections connections,
        Workers workers,
        Pending pending,
        Cache cache) {

    /**
     * Connections.
     *
     * @param open at present
     * @param limit that may be
     */
    public record Connections(int open, int limit) {}

    /**
     * Worker threads and requests.
     *
     * @param threads that are wanted
     * @param running that the executor has given
     * @param busy with a request
     * @param outstanding requests that wait or are in work
     * @param capacity requests that may wait or be in work
     * @param overdue requests in work beyond their deadline
     */
    public record Workers(int threads, int running, int busy, int outstanding, int capacity, int overdue) {}

    /**
     * Memory, in bytes.
     *
     * @param requestBytes of bodies that are read in part, wait or are in work
     * @param replyBytes of replies that clients have not taken yet
     * @param requestMemory of the heap that requests in work take, decompressed and decoded
     * @param requestMemoryLimit that these may take
     */
    public record Pending(long requestBytes, long replyBytes, long requestMemory, long requestMemoryLimit) {}

    /**
     * The response cache.
     *
     * @param entries answers in it
     * @param bytes that they take
     * @param limit of these bytes
     * @param hits answers given again
     * @param misses answers made anew though they could have been kept
     */
    public record Cache(long entries, long bytes, long limit, long hits, long misses) {}
}
