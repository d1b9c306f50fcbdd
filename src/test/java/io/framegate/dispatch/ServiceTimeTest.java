package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ServiceTimeTest {

    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;

    private final ServiceTime serviceTime = new ServiceTime();

    private void take(int requests, long nanosEach) {
        for (int i = 0; i < requests; i++) {
            serviceTime.record(nanosEach);
        }
    }

    @Test
    void isFastSoonButInlineEligibleLater() {
        assertFalse(serviceTime.isFast());
        take(20, MICRO);
        assertTrue(serviceTime.isFast());
        assertFalse(serviceTime.isInlineEligible());
        take(1000, MICRO);
        assertTrue(serviceTime.isInlineEligible());
    }

    @Test
    void losesTrustAtOnceByAWaitOfASecond() {
        take(1000, MICRO);
        serviceTime.record(1000 * MILLI);
        assertFalse(serviceTime.isInlineEligible());
        take(500, MICRO);
        assertFalse(serviceTime.isInlineEligible());
    }

    @Test
    void oneLongWaitEndsEligibility() {
        take(1000, MICRO);
        serviceTime.record(100, 1000 * MILLI);
        assertFalse(serviceTime.isInlineEligible());
    }

    @Test
    void staysInlineEligibleAfterAShortPreemption() {
        take(1000, MICRO);
        for (int i = 0; i < 20; i++) {
            serviceTime.record(4 * MILLI);
            take(1000, MICRO);
            assertTrue(serviceTime.isInlineEligible());
        }
    }

    @Test
    void occasionalBlockingPreventsInlining() {
        for (int i = 0; i < 100; i++) {
            take(99, MICRO);
            serviceTime.record(15 * MILLI);
            assertFalse(serviceTime.isInlineEligible());
        }
    }

    @Test
    void slowWorkersAreNeverInlineEligible() {
        take(10_000, 60 * MICRO);
        assertFalse(serviceTime.isInlineEligible());
        assertFalse(serviceTime.isFast());
    }

    @Test
    void flushesFastTogetherAndSlowAtOnce() {
        take(1000, MICRO);
        ServiceTime.Tally tally = new ServiceTime.Tally();
        for (int i = 0; i < 5; i++) {
            tally.record(serviceTime, 1, MICRO);
        }
        tally.record(serviceTime, 1, 1000 * MILLI);
        assertFalse(serviceTime.isInlineEligible());
        for (int i = 0; i < 100_000; i++) {
            tally.record(serviceTime, 1, MICRO);
        }
        assertTrue(serviceTime.isInlineEligible());
    }

    @Test
    void flushesWhenTheRouteChanges() {
        ServiceTime next = new ServiceTime();
        take(1000, MICRO);
        ServiceTime.Tally tally = new ServiceTime.Tally();
        for (int i = 0; i < 300; i++) {
            tally.record(serviceTime, 1, 90_000);
            tally.record(next, 1, MICRO);
        }
        assertFalse(serviceTime.isInlineEligible());
    }
}
