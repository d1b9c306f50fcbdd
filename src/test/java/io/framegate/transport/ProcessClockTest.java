package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProcessClockTest {

    private static final long HOUR_MILLIS = 3_600_000;

    private final AtomicLong machine = new AtomicLong(Long.MAX_VALUE - 1000); // as nanoTime, it may overflow
    private final ProcessClock clock = new ProcessClock(machine::get);
    private final long begun = clock.nanos();

    @Test
    void followsTheMachineWhileItTicks() {
        for (int i = 1; i <= 100; i++) {
            pass(100);
            assertEquals(100 * i, passed(clock.nanos()), "between two looks");
            assertEquals(100 * i, passed(clock.tick()));
        }
    }

    @Test
    void leavesOutSuspendedTime() {
        pass(100);
        clock.tick();
        pass(HOUR_MILLIS);
        assertEquals(600, passed(clock.nanos()), "before the look");
        assertEquals(100, passed(clock.tick()));
        for (int i = 0; i < 10; i++) {
            assertEquals(100, passed(clock.tick()), "in the grace");
            pass(100);
        }
        pass(50);
        assertEquals(150, passed(clock.tick()), "after it");
        pass(HOUR_MILLIS);
        assertEquals(150, passed(clock.tick()), "and again");
    }

    @Test
    void goesOnThoughEveryLookIsLate() {
        for (int i = 0; i < 100; i++) {
            pass(600);
            clock.tick();
        }
        assertTrue(passed(clock.tick()) > 40_000, () -> passed(clock.tick()) + " ms of 60,000 ms");
    }

    @Test
    void isSuspendedWithinTheGraceToo() {
        pass(HOUR_MILLIS);
        clock.tick();
        pass(HOUR_MILLIS);
        assertTrue(passed(clock.tick()) <= ProcessClock.LONGEST_STEP_MILLIS);
    }

    private void pass(long millis) {
        machine.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private long passed(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos - begun);
    }
}
