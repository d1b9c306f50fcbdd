package io.framegate.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedTriesTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final FailedTries tries = new FailedTries(3, Duration.ofMinutes(5), now::get);

    @Test
    void doublesTheWaitFromASecondToFiveMinutes() {
        tries.failed("ann");
        tries.failed("ann");
        assertEquals(Duration.ZERO, tries.waitFor("ann"));
        tries.failed("ann");
        assertEquals(Duration.ofSeconds(1), tries.waitFor("ann"));
        tries.failed("ann");
        assertEquals(Duration.ofSeconds(2), tries.waitFor("ann"));
        for (int i = 0; i < 100; i++) {
            tries.failed("ann");
        }
        assertEquals(Duration.ofMinutes(5), tries.waitFor("ann"));
        assertEquals(Duration.ZERO, tries.waitFor("bob"));
    }

    @Test
    void letsTheWaitRunOut() {
        for (int i = 0; i < 3; i++) {
            tries.failed("ann");
        }
        now.addAndGet(Duration.ofMillis(400).toNanos());
        assertEquals(Duration.ofMillis(600), tries.waitFor("ann"));
        now.addAndGet(Duration.ofMillis(600).toNanos());
        assertEquals(Duration.ZERO, tries.waitFor("ann"));
    }

    @Test
    void forgetsAfterASuccessOrAnHour() {
        for (int i = 0; i < 3; i++) {
            tries.failed("ann");
            tries.failed("bob");
        }
        tries.succeeded("ann");
        tries.failed("ann");
        assertEquals(Duration.ZERO, tries.waitFor("ann"));
        now.addAndGet(Duration.ofMinutes(61).toNanos());
        tries.failed("bob");
        assertEquals(Duration.ZERO, tries.waitFor("bob"));
    }

    @Test
    void remembersThoseWhoFailedLast() {
        for (int i = 0; i < 3; i++) {
            tries.failed("first");
        }
        for (int i = 0; i < FailedTries.MAX_REMEMBERED; i++) {
            tries.failed("other " + i);
        }
        assertEquals(Duration.ZERO, tries.waitFor("first"));
        for (int i = 0; i < 2; i++) {
            tries.failed("other 7");
        }
        assertTrue(tries.waitFor("other 7").toMillis() > 0);
    }
}
