package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final Pace pace = new Pace();

    private void take(int requests, long nanosEach) {
        for (int i = 0; i < requests; i++) {
            pace.took(nanosEach);
        }
    }

    @Test
    void isQuickAfterFewButTrustedOnlyAfterHundreds() {
        assertFalse(pace.isQuick());
        take(20, MICRO);
        assertTrue(pace.isQuick());
        assertFalse(pace.isTrusted());
        take(1000, MICRO);
        assertTrue(pace.isTrusted());
    }

    @Test
    void losesTrustAtOnceByAWaitOfASecond() {
        take(1000, MICRO);
        pace.took(1000 * MILLI);
        assertFalse(pace.isTrusted());
        take(500, MICRO);
        assertFalse(pace.isTrusted());
    }

    @Test
    void losesTrustByAWaitThatWasMeasuredTogetherWithQuickOnes() {
        take(1000, MICRO);
        pace.took(100, 1000 * MILLI);
        assertFalse(pace.isTrusted());
    }

    @Test
    void keepsTrustWhenItsThreadWasKeptFromTheCoreForSomeMilliseconds() {
        take(1000, MICRO);
        for (int i = 0; i < 20; i++) {
            pace.took(4 * MILLI);
            take(1000, MICRO);
            assertTrue(pace.isTrusted());
        }
    }

    @Test
    void neverTrustsAWorkerThatWaitsForTheDatabaseEveryHundredthTime() {
        for (int i = 0; i < 100; i++) {
            take(99, MICRO);
            pace.took(15 * MILLI);
            assertFalse(pace.isTrusted());
        }
    }

    @Test
    void neverTrustsAWorkerThatTakesMoreThanAWakeUp() {
        take(10_000, 60 * MICRO);
        assertFalse(pace.isTrusted());
        assertFalse(pace.isQuick());
    }

    @Test
    void hearsOfQuickOnesTogetherAndOfASlowOneAtOnce() {
        take(1000, MICRO);
        Pace.Tally tally = new Pace.Tally();
        for (int i = 0; i < 5; i++) {
            tally.took(pace, 1, MICRO);
        }
        tally.took(pace, 1, 1000 * MILLI);
        assertFalse(pace.isTrusted());
        for (int i = 0; i < 100_000; i++) {
            tally.took(pace, 1, MICRO);
        }
        assertTrue(pace.isTrusted());
    }

    @Test
    void hearsOfTheOnesOfAnotherKindBeforeThoseOfTheNext() {
        Pace next = new Pace();
        take(1000, MICRO);
        Pace.Tally tally = new Pace.Tally();
        for (int i = 0; i < 300; i++) {
            tally.took(pace, 1, 90_000);
            tally.took(next, 1, MICRO);
        }
        assertFalse(pace.isTrusted());
    }
}
