package io.framegate.message;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an exception that somebody else has made, whatever it is made of. Its causes may run in a circle, its methods may throw or
 * give null, its text may be larger than the memory: nothing here throws, runs for ever, or copies more of a text than is shown.
 *
 * <p><b>Limits.</b> At most {@value #MOST} exceptions of a chain are looked at, each once.
 */
public final class Thrown {

    private static final int MOST = 100;

    private static final int MOST_CHARACTERS = 1000;

    private Thrown() {}

    /**
     * An exception and what led to it: its causes, and of an {@link SQLException} those that follow it, since a batch of statements
     * has the server's own word in these. What was suppressed is not among them: it came later.
     *
     * @return the nearest first; empty for null
     */
    public static List<Throwable> chain(@Nullable Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        add(chain, thrown);
        for (int i = 0; i < chain.size(); i++) {
            Throwable link = chain.get(i);
            add(chain, cause(link).orElse(null));
            if (link instanceof SQLException sql) {
                add(chain, next(sql));
            }
        }
        return chain;
    }

    private static void add(List<Throwable> chain, @Nullable Throwable thrown) {
        if (thrown != null && chain.size() < MOST && !isIn(chain, thrown)) {
            chain.add(thrown);
        }
    }

    /** Whether this very exception is among them: what it says of being equal is not asked. */
    static boolean isIn(List<Throwable> chain, Throwable thrown) {
        for (Throwable link : chain) {
            if (link == thrown) {
                return true;
            }
        }
        return false;
    }

    /** The nearest exception of a type in the {@linkplain #chain chain}. */
    public static <T extends Throwable> Optional<T> find(@Nullable Throwable thrown, Class<T> type) {
        if (type.isInstance(thrown)) {
            return Optional.of(type.cast(thrown));
        }
        return chain(thrown).stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Its cause; empty where it has none, or fails to tell. */
    public static Optional<Throwable> cause(Throwable thrown) {
        try {
            return Optional.ofNullable(thrown.getCause());
        } catch (Throwable failure) {
            return Optional.empty();
        }
    }

    private static @Nullable Throwable next(SQLException thrown) {
        try {
            return thrown.getNextException();
        } catch (Throwable failure) {
            return null;
        }
    }

    /** What it suppresses; empty where it fails to tell. */
    public static List<Throwable> suppressed(Throwable thrown) {
        return Arrays.stream(thrown.getSuppressed()).filter(Objects::nonNull).toList();
    }

    /** Its text, the beginning of it where it is long; empty where it has none, or fails to tell. */
    public static String message(Throwable thrown) {
        try {
            return clipped(thrown.getMessage());
        } catch (Throwable failure) {
            return "";
        }
    }

    /** What it says of itself, the beginning of it where that is long: as a rule its class and its text. */
    public static String text(Throwable thrown) {
        String message = message(thrown);
        if (message.length() < MOST_CHARACTERS) {
            try {
                String text = clipped(thrown.toString());
                if (!text.isEmpty()) {
                    return text;
                }
            } catch (Throwable failure) {
                // Then what is known of it without its help.
            }
        }
        String name = thrown.getClass().getName();
        return message.isEmpty() ? name : name + ": " + message;
    }

    /** Where it was thrown; empty where it fails to tell. */
    public static List<StackTraceElement> stackTrace(Throwable thrown) {
        try {
            return Arrays.stream(thrown.getStackTrace())
                    .filter(Objects::nonNull)
                    .toList();
        } catch (Throwable failure) {
            return List.of();
        }
    }

    /** The SQL state of what comes from a database; empty where it has none; "?", which is none, where it fails to tell. */
    static String sqlState(SQLException thrown) {
        try {
            return Objects.requireNonNullElse(thrown.getSQLState(), "");
        } catch (Throwable failure) {
            return "?";
        }
    }

    private static String clipped(@Nullable String text) {
        if (text == null) {
            return "";
        }
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS);
    }
}
