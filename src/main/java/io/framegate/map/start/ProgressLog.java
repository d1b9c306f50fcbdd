package io.framegate.map.start;

import io.framegate.map.load.LoadProgress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells how far a load is, at most once a second: in the log, and to whoever shows it. Used by one thread. */
final class ProgressLog implements LoadProgress {

    private static final Logger LOG = System.getLogger(ProgressLog.class.getName());
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String dataSet;
    private final Consumer<String> listener;
    private Phase phase = Phase.READING_WAYS;
    private long phaseStart = System.nanoTime();
    private long lastTold = phaseStart - PERIOD_NANOS;

    /**
     * @param listener gets the same words as the log
     */
    ProgressLog(String dataSet, Consumer<String> listener) {
        this.dataSet = dataSet;
        this.listener = listener;
    }

    @Override
    public void at(Phase now, long done, long total) {
        long time = System.nanoTime();
        if (now != phase) {
            phase = now;
            phaseStart = time;
        }
        if (time - lastTold >= PERIOD_NANOS) {
            lastTold = time;
            double seconds = Math.max(1e-3, (time - phaseStart) / 1e9);
            String words = String.format(
                    Locale.ROOT,
                    "%s, %d of %d %s (%d %%, %.0f a second, %.0f s left)",
                    phase.words(),
                    done,
                    total,
                    phase.unit(),
                    total == 0 ? 100 : 100 * done / total,
                    done / seconds,
                    done == 0 ? 0 : (total - done) * seconds / done);
            LOG.log(Level.INFO, "Loading the map {0}: {1}", dataSet, words);
            listener.accept(words);
        }
    }
}
