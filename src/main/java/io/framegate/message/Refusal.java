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
 * <p><b>Limits.</b> Of a sentence of more than {@value #MAX_CHARACTERS} characters the beginning is kept. What no text of a message
 * holds, NUL and halves of surrogate pairs, is replaced by U+FFFD.
 *
 * <p>It carries no stack trace: it is an answer, not a bug, and may be made a million times a second by a hostile peer.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Of a sentence, in UTF-16. */
    public static final int MAX_CHARACTERS = 4000;

    private static final char REPLACEMENT = '\ufffd';

    private final Code code;
    private final @Nullable Duration retryAfter;

    public Refusal(Code code, String sentence) {
        this(code, sentence, null);
    }

    private Refusal(Code code, String sentence, @Nullable Duration retryAfter) {
        super(readable(Objects.requireNonNull(sentence, "sentence")), null, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.retryAfter = retryAfter;
    }

    private static String readable(String sentence) {
        String text = sentence;
        if (text.length() > MAX_CHARACTERS) {
            int end = Character.isHighSurrogate(text.charAt(MAX_CHARACTERS - 2))
                    ? MAX_CHARACTERS - 2
                    : MAX_CHARACTERS - 1;
            text = text.substring(0, end) + '…';
        }
        for (int i = 0; i < text.length(); i++) {
            if (isRare(text.charAt(i))) {
                return replaced(text);
            }
        }
        return text;
    }

    private static String replaced(String text) {
        StringBuilder readable = new StringBuilder(text.length());
        // A surrogate that is a code point of its own has no other half beside it.
        text.codePoints()
                .map(c -> Character.isBmpCodePoint(c) && isRare((char) c) ? REPLACEMENT : c)
                .forEach(readable::appendCodePoint);
        return readable.toString();
    }

    private static boolean isRare(char c) {
        return c == 0 || Character.isSurrogate(c);
    }

    /**
     * The same refusal, telling the client when the same request may have a chance. A time below zero is told as none at all, one that
     * is too long for the message as the longest that it can tell, about 24 days.
     */
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
    public enum Code implements WireCode {
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
