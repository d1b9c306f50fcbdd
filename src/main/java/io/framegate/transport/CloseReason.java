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
    /** An operator ended it. */
    CLOSED_BY_OPERATOR,
    /** The server is stopping. */
    DRAINED,
    /** The server is stopping, and the limit in time for its last replies is over. */
    DRAIN_TIMEOUT,
    /** The gate itself made a mistake on this connection; the log has it. */
    INTERNAL_ERROR
}
