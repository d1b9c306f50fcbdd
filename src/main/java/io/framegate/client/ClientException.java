package io.framegate.client;

import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Refusal;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request has no answer. Its message is a sentence for a person; what a program may do next follows from the
 * {@link Kind}.
 */
public final class ClientException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final Refusal.@Nullable Code refusalCode;
    private final @Nullable Duration retryAfter;

    ClientException(Kind kind, String sentence, @Nullable Throwable cause) {
        super(Objects.requireNonNull(sentence, "sentence"), cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.refusalCode = null;
        this.retryAfter = null;
    }

    /** The server said no in a form for programs. */
    ClientException(ErrorResponseV2 error) {
        super(error.text());
        this.kind = Kind.REFUSED;
        this.refusalCode = error.code();
        this.retryAfter = error.retryAfterMillis() == ErrorResponseV2.NEVER
                ? null
                : Duration.ofMillis(Math.max(0, error.retryAfterMillis()));
    }

    ClientException(Kind kind, String sentence) {
        this(kind, sentence, null);
    }

    /** What happened. */
    public Kind kind() {
        return kind;
    }

    /** What kind of no; empty where nothing was refused, or on a connection without a {@link FramegateClient.Builder#hello}. */
    public Optional<Refusal.Code> refusalCode() {
        return Optional.ofNullable(refusalCode);
    }

    /** When the same request may have a chance; empty where there is none, or where the server has not said it. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
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
