package io.framegate.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginThrottleTest {

    private static final int GUESSES = 32;

    private final AtomicLong now = new AtomicLong(-5);
    private final LoginThrottle tries = new LoginThrottle(3, Duration.ofMinutes(5), now::get);

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
        for (int i = 0; i < LoginThrottle.MAX_REMEMBERED; i++) {
            tries.failed("other " + i);
        }
        assertEquals(Duration.ZERO, tries.waitFor("first"));
        for (int i = 0; i < 2; i++) {
            tries.failed("other 7");
        }
        assertTrue(tries.waitFor("other 7").toMillis() > 0);
    }

    /** Many at the same moment, each of which would have been let through by a look at the failures of before. */
    @Test
    void concurrentGuessesAreNoFaster() throws Exception {
        AtomicInteger looked = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(GUESSES);
        all(() -> {
            together.await();
            if (tries.begin("ann").isZero()) {
                looked.incrementAndGet();
                tries.failed("ann");
            } else {
                refused.incrementAndGet();
            }
            return null;
        });
        assertEquals(3, looked.get());
        assertEquals(GUESSES - 3, refused.get());
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        looked.set(0);
        all(() -> {
            together.await();
            if (tries.begin("ann").isZero()) {
                looked.incrementAndGet();
                tries.failed("ann");
            }
            return null;
        });
        assertEquals(1, looked.get());
        assertEquals(Duration.ofSeconds(2), tries.waitFor("ann"));
    }

    @Test
    void concurrentCorrectLoginsAllSucceed() throws Exception {
        AtomicInteger looking = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(GUESSES);
        tries.failed("ann");
        all(() -> {
            together.await();
            assertEquals(Duration.ZERO, tries.begin("ann"));
            most.accumulateAndGet(looking.incrementAndGet(), Math::max);
            Thread.yield();
            looking.decrementAndGet();
            tries.succeeded("ann");
            return null;
        });
        assertTrue(most.get() <= 3, most + " at a time");
        assertEquals(Duration.ZERO, tries.waitFor("ann"));
    }

    @Test
    void countsNothingForATryThatIsWithdrawn() {
        for (int i = 0; i < 100; i++) {
            assertEquals(Duration.ZERO, tries.begin("ann"));
            tries.withdrawn("ann");
        }
        for (int i = 0; i < 3; i++) {
            assertEquals(Duration.ZERO, tries.begin("ann"));
            tries.failed("ann");
        }
        assertEquals(Duration.ofSeconds(1), tries.begin("ann"));
    }

    private static void all(Callable<Void> guess) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(GUESSES);
        try {
            for (Future<Void> ended : threads.invokeAll(Collections.nCopies(GUESSES, guess))) {
                ended.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
