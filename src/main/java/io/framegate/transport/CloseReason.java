package io.framegate.transport;

/** Why a connection ended; used alike in counters, log and views. */
public enum CloseReason {
    /** The client sent its end after its last request, and has all its replies. */
    CLIENT_DONE,
    /** The client went away with replies outstanding, or in the middle of a frame. */
    CLIENT_GONE,
    /** The setting close-after-response: one request, one response. */
    RESPONSE_SENT,
    /** A header announced an impossible body: what follows can't be cut into frames any more. */
    FRAMING_LOST,
    /** A frame was begun and not ended in time, or came too slowly. */
    READ_TIMEOUT,
    /** The client does not take its replies. */
    WRITE_STALLED,
    /** Nothing was asked for a long time. */
    IDLE,
    /** The client had to say who it is, and has not done so in time. */
    LOGIN_TIMEOUT,
    /** An operator ended it. */
    CLOSED_BY_OPERATOR,
    /** The port had as many connections as it may have, and this one came on top. */
    CONNECTION_LIMIT,
    /** The client's address had as many connections as one may have, and this one came on top. */
    ADDRESS_LIMIT,
    /** The port takes no new connections at present. */
    NOT_SERVING,
    /** The address is not allowed, or is denied; nothing was read. */
    ADDRESS_DENIED,
    /** The port wants a PROXY protocol header, and the other end is not trusted to give one. */
    PROXY_UNTRUSTED,
    /** What came is no PROXY protocol header of TCP. */
    PROXY_MALFORMED,
    /** The port speaks TLS, the client does not. */
    NOT_TLS,
    /** The client speaks TLS, the port does not. */
    TLS_UNEXPECTED,
    /** No TLS handshake: no common version or cipher, or no certificate that is trusted. */
    HANDSHAKE_FAILED,
    /** The client's certificate is revoked, since before the handshake or since it was let in. */
    CERTIFICATE_REVOKED,
    /** The TLS handshake was not done in time. */
    HANDSHAKE_TIMEOUT,
    /** Too many TLS handshakes were under way, and this was the oldest. */
    HANDSHAKE_CROWDED_OUT,
    /** A TLS record is broken, or asks for what is refused. */
    TLS_BROKEN,
    /** The TLS stream ended without its close_notify: it may have been cut. */
    TLS_TRUNCATED,
    /** The server is stopping. */
    DRAINED,
    /** The server is stopping, and the limit in time for its last replies is over. */
    DRAIN_TIMEOUT,
    /** The gate itself made a mistake on this connection, or had no memory for it; the log has it. */
    INTERNAL_ERROR
}
