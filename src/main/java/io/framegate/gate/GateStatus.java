package io.framegate.gate;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * An immutable snapshot of a gate.
 *
 * @param state whether it takes requests
 * @param accepting whether the port is open
 * @param address the address that it listens on; empty before the port is bound
 * @param messages the number of kinds of request
 * @param connections open connections
 * @param workers worker threads and queued requests
 * @param pending memory of requests and replies
 * @param cache the response cache
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
     * @param open open ones
     * @param limit the maximum number of open ones
     */
    public record Connections(int open, int limit) {}

    /**
     * Worker threads and requests.
     *
     * @param threads configured threads
     * @param running threads that the executor runs
     * @param busy threads that run a request
     * @param outstanding queued and running requests
     * @param capacity the maximum number of these
     * @param overdue requests that run beyond their deadline
     */
    public record Workers(int threads, int running, int busy, int outstanding, int capacity, int overdue) {}

    /**
     * Memory, in bytes.
     *
     * @param requestBytes bodies that are read in part, queued or running
     * @param replyBytes replies that clients have not read
     * @param requestMemory heap that running requests take, decompressed and decoded
     * @param requestMemoryLimit the maximum of that
     */
    public record Pending(long requestBytes, long replyBytes, long requestMemory, long requestMemoryLimit) {}

    /**
     * The response cache.
     *
     * @param entries cached answers
     * @param bytes their size
     * @param limit the maximum size
     * @param hits requests that were answered from the cache
     * @param misses requests of versioned workers that were not
     */
    public record Cache(long entries, long bytes, long limit, long hits, long misses) {}
}
