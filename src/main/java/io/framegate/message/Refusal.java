package io.framegate.message;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request is answered by a sentence instead of a result. Throw it from a worker to say no; the gate itself throws it
 * for malformed bodies and for limits. The sentence reaches the client word for word: facts and advice, never an
 * exception's text, SQL or a class name.
 *
 * <p>It carries no stack trace: it is an answer, not a bug, and may be made a million times a second by a hostile peer.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;
    private final @Nullable Duration retryAfter;

    public Refusal(Code code, String sentence) {
        this(code, sentence, null);
    }

    private Refusal(Code code, String sentence, @Nullable Duration retryAfter) {
        super(Objects.requireNonNull(sentence, "sentence"), null, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.retryAfter = retryAfter;
    }

    /** The same refusal, telling the client when the same request may have a chance. */
    public Refusal retryAfter(Duration time) {
        return new Refusal(code, sentence(), Objects.requireNonNull(time, "time"));
    }

    /** When the same request may have a chance; empty where that is not known, or where there is none. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** What kind of no: the label of its counter. */
    public Code code() {
        return code;
    }

    /** The sentence for the client. */
    public String sentence() {
        return Objects.requireNonNull(getMessage());
    }

    /** The kinds of refusal; a bounded set, as each is a label of a counter. Their codes are those on the wire. */
    public enum Code implements Coded {
        /** The bytes do not follow the message's layout. */
        MALFORMED(1),
        /** No message or no worker has this id. */
        UNKNOWN_MESSAGE(2),
        /** The layout is right, a value is not. */
        INVALID(3),
        /** What was asked for does not exist. */
        NOT_FOUND(4),
        /** Somebody else changed it first. */
        CONFLICT(5),
        /** The request or its answer is larger than the limit. */
        TOO_LARGE(6),
        /** Too much to do: try again later. */
        BUSY(7),
        /** The server is stopping: try another or later. */
        DRAINING(8),
        /** Something the worker needs, such as the database, cannot be reached now. */
        UNAVAILABLE(9),
        /** It may have been done or not: a commit was not confirmed, or a worker had its time and had not ended. */
        OUTCOME_UNKNOWN(10),
        /** Not allowed for this client. */
        FORBIDDEN(11),
        /** A fault of the server; the log has it. */
        FAILED(12),
        /** Log in first; or the name, password, token was not accepted. */
        UNAUTHENTICATED(13);

        private final int code;

        Code(int code) {
            this.code = code;
        }

        @Override
        public int code() {
            return code;
        }
    }
}
