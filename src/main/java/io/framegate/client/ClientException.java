package io.framegate.client;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Why a request has no answer. Its message is a sentence for a person; what a program may do next follows from the
 * {@link Kind}.
 */
public final class ClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;

    ClientException(Kind kind, String sentence, @Nullable Throwable cause) {
        super(Objects.requireNonNull(sentence, "sentence"), cause);
        this.kind = Objects.requireNonNull(kind, "kind");
    }

    ClientException(Kind kind, String sentence) {
        this(kind, sentence, null);
    }

    /** What happened. */
    public Kind kind() {
        return kind;
    }

    /**
     * Whether the server may have worked on the request all the same. Only where this is false may a request that
     * changes something be sent again without a second thought.
     */
    public boolean mayHaveBeenProcessed() {
        return kind != Kind.NOT_SENT;
    }

    /** The ways in which a request ends without its answer. */
    public enum Kind {
        /** The server answered with an {@code ErrorResponse}; the message is its sentence. */
        REFUSED,
        /** No byte of the request has left: no connection, or a request that is too large. */
        NOT_SENT,
        /** The connection broke after the request was sent or in the midst of it. */
        CONNECTION_LOST,
        /** No answer within the request timeout; one that comes later is discarded. */
        TIMED_OUT,
        /** There was an answer, but it is malformed, too large, or of a kind that was not asked for. */
        BAD_REPLY,
        /** The client was closed by its owner. */
        CLOSED
    }
}
