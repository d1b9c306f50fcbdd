package io.framegate.map.start;

import io.framegate.map.load.LoadProgress;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells how far a load is, at most once a second: in the log, and to whoever shows it. Used by one thread. */
final class ProgressLog implements LoadProgress {

    private static final Logger LOG = System.getLogger(ProgressLog.class.getName());
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final String dataSet;
    private final Consumer<String> listener;
    private final LongSupplier nanoTime;
    private Phase phase = Phase.READING_WAYS;
    private long phaseStart;
    private long lastTold;

    /**
     * @param listener gets the same words as the log
     */
    ProgressLog(String dataSet, Consumer<String> listener) {
        this(dataSet, listener, System::nanoTime);
    }

    /** With another clock. */
    ProgressLog(String dataSet, Consumer<String> listener, LongSupplier nanoTime) {
        this.dataSet = dataSet;
        this.listener = listener;
        this.nanoTime = nanoTime;
        this.phaseStart = nanoTime.getAsLong();
        this.lastTold = phaseStart - PERIOD_NANOS;
    }

    @Override
    public void at(Phase now, long done, long total) {
        long time = nanoTime.getAsLong();
        if (now != phase) {
            phase = now;
            phaseStart = time;
        }
        if (time - lastTold >= PERIOD_NANOS) {
            lastTold = time;
            String words = String.format(
                    Locale.ROOT,
                    "%s, %d of %d %s (%d %%%s)",
                    phase.words(),
                    done,
                    total,
                    phase.unit(),
                    total == 0 ? 100 : 100 * done / total,
                    pace(done, total, time - phaseStart));
            LOG.log(Level.INFO, "Loading the map {0}: {1}", dataSet, words);
            listener.accept(words);
        }
    }

    /** By what was done until now; nothing before that says much. */
    private static String pace(long done, long total, long nanos) {
        if (nanos < PERIOD_NANOS || done == 0) {
            return "";
        }
        double perSecond = done * 1e9 / nanos;
        return String.format(Locale.ROOT, ", %.0f a second, %.0f s left", perSecond, (total - done) / perSecond);
    }
}
