package io.framegate.ops;

import java.time.Duration;

/**
 * Slows down who guesses passwords: after some wrong ones nobody's password is looked at for a while. Sessions that are open
 * go on.
 */
final class LoginThrottle {

    private static final int MAX_WRONG = 10;
    private static final long PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

    // Guarded by this.
    private int wrong;
    private long closedAt;

    /** Whether passwords are not looked at now. */
    synchronized boolean isClosed() {
        if (wrong >= MAX_WRONG && System.nanoTime() - closedAt > PAUSE_NANOS) {
            wrong = 0;
        }
        return wrong >= MAX_WRONG;
    }

    /** A password was looked at. */
    synchronized void tried(boolean right) {
        wrong = right ? 0 : wrong + 1;
        closedAt = System.nanoTime();
    }
}
