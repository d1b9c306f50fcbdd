package io.framegate.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long somebody has to wait after failing: not at all for the first few tries, then a second, doubled by every further
 * failure up to the longest wait. A success, or an hour without a failure, and all is forgotten.
 *
 * <p><b>Limits.</b> Those who failed last are remembered, at most {@value #MAX_REMEMBERED}.
 *
 * <p><b>Threads.</b> Any; a login is rare enough for one lock.
 */
public final class FailedTries {

    static final int MAX_REMEMBERED = 10_000;

    private static final long FIRST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FORGOTTEN_NANOS = Duration.ofHours(1).toNanos();

    private final int freeTries;
    private final long longestWaitNanos;
    private final LongSupplier nanoTime;

    // Guarded by this; in the order of the last failure.
    private final Map<String, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private record Failures(int count, long lastNanos) {}

    /**
     * @param freeTries how often one may fail without having to wait
     * @param longestWait however often one fails
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    public FailedTries(int freeTries, Duration longestWait, LongSupplier nanoTime) {
        this.freeTries = freeTries;
        this.longestWaitNanos = longestWait.toNanos();
        this.nanoTime = nanoTime;
    }

    /** How long this one still has to wait; zero where it may try. */
    public synchronized Duration waitFor(String who) {
        Failures failed = failures.get(who);
        if (failed == null || failed.count() < freeTries) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failed.count() - freeTries, 30);
        long wait = Math.min(FIRST_WAIT_NANOS << doublings, longestWaitNanos);
        return Duration.ofNanos(Math.max(0, wait - (nanoTime.getAsLong() - failed.lastNanos())));
    }

    /** A try of this one has failed. */
    public synchronized void failed(String who) {
        long now = nanoTime.getAsLong();
        Failures before = failures.get(who);
        boolean fresh = before == null || now - before.lastNanos() > FORGOTTEN_NANOS;
        failures.put(who, new Failures(fresh ? 1 : before.count() + 1, now));
    }

    /** A try of this one was right. */
    public synchronized void succeeded(String who) {
        failures.remove(who);
    }
}
