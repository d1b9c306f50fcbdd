package io.framegate.message;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inspects foreign exceptions safely. Their causes may be circular, their methods may throw or
 * return null, their text may be larger than the memory: nothing here throws, loops for ever, or copies more of a text than is shown.
 *
 * <p><b>Limits.</b> At most {@value #MOST} exceptions of a chain are inspected, each once.
 */
public final class Thrown {

    private static final int MOST = 100;

    private static final int MOST_CHARACTERS = 1000;

    private Thrown() {}

    /**
     * An exception, its causes, and the next exceptions of each {@link SQLException}, since a batch of statements
     * has the server's error in these. Suppressed exceptions are not among them: they came later.
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

    /** Whether this very exception is among them; does not call its {@code equals}. */
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

    /** Its cause; empty if it has none, or if {@code getCause} fails. */
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

    /** Its suppressed exceptions. */
    public static List<Throwable> suppressed(Throwable thrown) {
        return Arrays.stream(thrown.getSuppressed()).filter(Objects::nonNull).toList();
    }

    /** Its message, truncated if it is long; empty if it has none, or if {@code getMessage} fails. */
    public static String message(Throwable thrown) {
        try {
            return clipped(thrown.getMessage());
        } catch (Throwable failure) {
            return "";
        }
    }

    /** Its {@code toString}, truncated if it is long; class and message if that fails. */
    public static String text(Throwable thrown) {
        String message = message(thrown);
        if (message.length() < MOST_CHARACTERS) {
            try {
                String text = clipped(thrown.toString());
                if (!text.isEmpty()) {
                    return text;
                }
            } catch (Throwable failure) {
                // Then by its class and message.
            }
        }
        String name = thrown.getClass().getName();
        return message.isEmpty() ? name : name + ": " + message;
    }

    /** Its stack trace; empty if {@code getStackTrace} fails. */
    public static List<StackTraceElement> stackTrace(Throwable thrown) {
        try {
            return Arrays.stream(thrown.getStackTrace())
                    .filter(Objects::nonNull)
                    .toList();
        } catch (Throwable failure) {
            return List.of();
        }
    }

    /** Its SQL state; empty if it has none; "?", which is none, if {@code getSQLState} fails. */
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
