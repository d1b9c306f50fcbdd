package io.framegate.map.edit;

import io.framegate.map.store.LimitedLog;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Why the database does not store saves while it is there and answers: it has run out of something or takes no changes. The log
 * has a line a second while it lasts, and one when saves are stored again.
 *
 * <p><b>Threads.</b> Any.
 */
final class SaveFailures {

    private static final Logger LOG = System.getLogger(SaveFailures.class.getName());

    /** Nobody may have saved since, so it may be over. */
    private static final Duration REMEMBERED = Duration.ofSeconds(10);

    private record Last(String words, long nanos) {}

    private final AtomicReference<@Nullable Last> last = new AtomicReference<>();
    private final LimitedLog lines = new LimitedLog();

    /**
     * Saves were refused.
     *
     * @param words why, to go after "the database"
     */
    void refused(String words) {
        last.set(new Last(words, System.nanoTime()));
        lines.log(times -> LOG.log(
                Level.ERROR,
                "{0} times a save was refused, as the map''s database {1}.",
                String.valueOf(times),
                words));
    }

    /** Saves were stored. */
    void stored() {
        // Asked first: it is so for nearly all.
        if (last.get() != null && last.getAndSet(null) != null) {
            LOG.log(Level.INFO, "Saves are stored again.");
        }
    }

    /** Why saves were refused lately, in words to go after "the database". */
    Optional<String> words() {
        Last known = last.get();
        return known != null && System.nanoTime() - known.nanos() < REMEMBERED.toNanos()
                ? Optional.of(known.words())
                : Optional.empty();
    }
}
