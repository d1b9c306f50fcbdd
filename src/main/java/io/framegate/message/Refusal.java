package io.framegate.message;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers a request by an error instead of a result. A worker throws it to refuse a request; the gate throws it
 * for malformed bodies and at limits. The client gets the sentence word for word: state facts and advice, never an
 * exception's text, SQL or a class name.
 *
 * <p><b>Limits.</b> A sentence of more than {@value #MAX_CHARACTERS} characters is truncated. NUL and unpaired
 * surrogates are replaced by U+FFFD.
 *
 * <p>It has no stack trace: it is an answer, not a bug, and a hostile client may cause a million of them a second.
 */
public final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The maximum length of a sentence, in UTF-16 code units. */
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
     * The same refusal with a time after which a retry may succeed. A negative time is sent as 0, one that
     * is too long for the message as the longest possible one, about 24 days.
     */
    public Refusal retryAfter(Duration time) {
        return new Refusal(code, sentence(), Objects.requireNonNull(time, "time"));
    }

    /** The time after which a retry may succeed; empty if it is unknown, or never. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The kind of refusal. */
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
        /** Overloaded: retry later. */
        BUSY(7),
        /** The server is stopping: connect to another one, or retry later. */
        DRAINING(8),
        /** A resource of the worker, such as the database, is unavailable. */
        UNAVAILABLE(9),
        /** The request may have been executed or not: a commit was not confirmed, or a worker missed its deadline. */
        OUTCOME_UNKNOWN(10),
        /** Not allowed for this client. */
        FORBIDDEN(11),
        /** A fault of the server; the log has it. */
        FAILED(12),
        /** Log in first; or the name, password or token was not accepted. */
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
