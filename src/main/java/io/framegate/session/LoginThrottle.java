package io.framegate.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Delays logins after failures: not at all for the first few attempts, then a second, doubled by every further
 * failure up to a maximum. A success, or an hour without a failure, resets it.
 *
 * <p>An attempt counts as failed from its beginning, before it is checked, and no more attempts are checked concurrently than may still
 * fail. Further ones wait until one of those has ended. Concurrent guesses are therefore no faster than sequential ones; if they are
 * right all of them pass, a few at a time.
 *
 * <p><b>Limits.</b> The last failures are remembered, at most {@value #MAX_REMEMBERED}. An attempt waits for others for a few seconds
 * at most.
 *
 * <p><b>Threads.</b> Any; a login is rare enough for one lock.
 */
public final class LoginThrottle {

    static final int MAX_REMEMBERED = 10_000;

    private static final long FIRST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FORGOTTEN_NANOS = Duration.ofHours(1).toNanos();
    private static final long LONGEST_PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Failures NONE = new Failures(0, 0, 0);

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

    /**
     * @param count of failures
     * @param lastNanos when the last was
     * @param looking attempts that have begun and not ended
     */
    private record Failures(int count, long lastNanos, int looking) {

        Failures looking(int change) {
            return new Failures(count, lastNanos, Math.max(0, looking + change));
        }
    }

    /**
     * @param freeTries failures without a delay
     * @param longestWait the maximum delay
     * @param nanoTime a clock as {@link System#nanoTime}
     */
    public LoginThrottle(int freeTries, Duration longestWait, LongSupplier nanoTime) {
        this.freeTries = freeTries;
        this.longestWaitNanos = longestWait.toNanos();
        this.nanoTime = nanoTime;
    }

    /**
     * Begins an attempt, unless it is too early.
     *
     * @return zero if it may be checked: exactly one of {@link #failed}, {@link #succeeded} and {@link #withdrawn} has to
     *     follow. Otherwise the remaining delay
     */
    public synchronized Duration begin(String who) {
        long begun = System.nanoTime();
        while (true) {
            Duration wait = waitFor(who);
            if (!wait.isZero()) {
                return wait;
            }
            Failures now = failures.getOrDefault(who, NONE);
            if (now.looking() == 0 || count(now) + now.looking() < freeTries) {
                failures.put(who, now.looking(1));
                return Duration.ZERO;
            }
            long patience = LONGEST_PATIENCE_NANOS - (System.nanoTime() - begun);
            if (patience <= 0 || !ends(patience)) {
                return Duration.ofNanos(FIRST_WAIT_NANOS);
            }
        }
    }

    /** Waits for the end of an attempt. @return whether this thread may go on waiting */
    private boolean ends(long patienceNanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(this, patienceNanos);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The remaining delay; zero if there is none. */
    public synchronized Duration waitFor(String who) {
        Failures failed = failures.getOrDefault(who, NONE);
        int count = count(failed);
        if (count < freeTries) {
            return Duration.ZERO;
        }
        int doublings = Math.min(count - freeTries, 30);
        long wait = Math.min(FIRST_WAIT_NANOS << doublings, longestWaitNanos);
        return Duration.ofNanos(Math.max(0, wait - (nanoTime.getAsLong() - failed.lastNanos())));
    }

    /** An attempt has failed. */
    public synchronized void failed(String who) {
        Failures before = failures.getOrDefault(who, NONE);
        failures.put(
                who,
                new Failures(
                        count(before) + 1,
                        nanoTime.getAsLong(),
                        before.looking(-1).looking()));
        notifyAll();
    }

    /** An attempt has succeeded. */
    public synchronized void succeeded(String who) {
        end(who, new Failures(0, 0, failures.getOrDefault(who, NONE).looking()));
    }

    /** An attempt has ended without a result: it does not count. */
    public synchronized void withdrawn(String who) {
        end(who, failures.getOrDefault(who, NONE));
    }

    private void end(String who, Failures before) {
        Failures after = before.looking(-1);
        if (after.count() == 0 && after.looking() == 0) {
            failures.remove(who);
        } else {
            failures.put(who, after);
        }
        notifyAll();
    }

    /** How many failures still count. */
    private int count(Failures failed) {
        return nanoTime.getAsLong() - failed.lastNanos() > FORGOTTEN_NANOS ? 0 : failed.count();
    }
}
