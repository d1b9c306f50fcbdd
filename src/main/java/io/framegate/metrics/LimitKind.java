package io.framegate.metrics;

/**
 * The limits of the gate, for one client or for all. Each has a setting, and a counter of how often it was
 * reached; their names are labels of metrics and do not change.
 */
public enum LimitKind {
    /** {@code listener.max-connections}: a connection was rejected. */
    CONNECTIONS,
    /** {@code listener.max-connections-per-address}: likewise. */
    CONNECTIONS_PER_ADDRESS,
    /** {@code tls.max-handshakes}: the oldest handshake was ended. */
    HANDSHAKES,
    /** {@code tls.handshake-timeout}. */
    HANDSHAKE_TIME,
    /** {@code listener.read-timeout}: a header was not complete in time. */
    HEADER_TIME,
    /** {@code listener.min-body-rate}: a body came too slowly. */
    BODY_RATE,
    /** {@code listener.max-body-size}: a header announced more. */
    BODY_BYTES,
    /** {@code listener.max-pending-requests}: a request was answered as busy. */
    REQUEST_BYTES,
    /** {@code listener.max-pipelined}: reading paused. */
    REQUESTS_PER_CONNECTION,
    /** {@code workers.queue-capacity}: a request was answered as busy. */
    REQUESTS,
    /** {@code workers.deadline}: a worker was interrupted, and its request answered by an error. */
    WORKER_TIME,
    /** {@code requests.max-elements}: a request was refused. */
    ELEMENTS,
    /**
     * {@code requests.max-payload-size}, what the message itself says, or {@code compression.max-payload-size}: a request was
     * refused before it was decompressed.
     */
    PAYLOAD_BYTES,
    /** {@code requests.max-memory}: a request was answered as busy, or as too large. */
    REQUEST_MEMORY,
    /** {@code listener.max-pending-replies}: reading or work paused. */
    REPLY_BYTES_PER_CONNECTION,
    /** {@code listener.max-pending-replies-in-all}: likewise. */
    REPLY_BYTES,
    /** {@code listener.write-timeout}: a client did not take its replies. */
    WRITE_TIME,
    /** {@code listener.idle-timeout}. */
    IDLE_TIME,
    /** {@code identity.login-timeout}: a connection was ended without a login. */
    LOGIN_TIME,
    /** {@code listener.drain-timeout}: a connection was cut off at the end. */
    DRAIN_TIME
}
