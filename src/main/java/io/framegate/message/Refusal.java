package io.framegate.message;

import java.util.Objects;

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

    public Refusal(Code code, String sentence) {
        super(Objects.requireNonNull(sentence, "sentence"), null, false, false);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** What kind of no: the label of its counter. */
    public Code code() {
        return code;
    }

    /** The sentence for the client. */
    public String sentence() {
        return Objects.requireNonNull(getMessage());
    }

    /** The kinds of refusal; a bounded set, as each is a label of a counter. */
    public enum Code {
        /** The bytes do not follow the message's layout. */
        MALFORMED,
        /** No message or no worker has this id. */
        UNKNOWN_MESSAGE,
        /** The layout is right, a value is not. */
        INVALID,
        /** What was asked for does not exist. */
        NOT_FOUND,
        /** Somebody else changed it first. */
        CONFLICT,
        /** The request or its answer is larger than the limit. */
        TOO_LARGE,
        /** Too much to do: try again later. */
        BUSY,
        /** The server is stopping: try another or later. */
        DRAINING,
        /** Something the worker needs, such as the database, cannot be reached now. */
        UNAVAILABLE,
        /** A commit was asked for and not confirmed: it may have been done or not. */
        OUTCOME_UNKNOWN,
        /** Not allowed for this client. */
        FORBIDDEN,
        /** A fault of the server; the log has it. */
        FAILED
    }
}
