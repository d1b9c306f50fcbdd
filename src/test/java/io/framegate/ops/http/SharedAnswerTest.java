package io.framegate.ops.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedAnswerTest {

    private final SharedAnswer shared = new SharedAnswer();
    private final AtomicInteger made = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        threads.shutdown();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
    }

    @Test
    void aSingleRequestGetsItsOwnAnswer() throws Exception {
        assertEquals(201, shared.get(this::make).status());
        assertEquals(202, shared.get(this::make).status());
    }

    @Test
    void sharesAnAnswerBegunAfterAllRequests() throws Exception {
        Future<CollectedAnswer> first = makeSlowly();
        List<Future<CollectedAnswer>> others = ask(SharedAnswer.MOST_WAITING - 1);
        end.countDown();
        assertEquals(201, first.get(10, TimeUnit.SECONDS).status());
        for (Future<CollectedAnswer> other : others) {
            assertEquals(202, other.get(10, TimeUnit.SECONDS).status());
        }
        assertEquals(2, made.get());
    }

    @Test
    void keepsNoMoreWaitingThanItHasPlaces() throws Exception {
        shared.get(this::make);
        Future<CollectedAnswer> slow = makeSlowly();
        ask(SharedAnswer.MOST_WAITING - 1);
        assertEquals(201, shared.get(this::make).status(), "the last one, at once");
        assertTrue(!slow.isDone());
    }

    @Test
    void isUnavailableWithoutAnyAnswer() throws Exception {
        makeSlowly();
        ask(SharedAnswer.MOST_WAITING - 1);
        CollectedAnswer busy = shared.get(this::make);
        assertEquals(503, busy.status());
        assertEquals("1", busy.headers().get("Retry-After"));
    }

    private CollectedAnswer make() {
        return CollectedAnswer.sentence(200 + made.incrementAndGet(), "made");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(10, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private Future<CollectedAnswer> makeSlowly() throws Exception {
        Future<CollectedAnswer> slow = threads.submit(() -> shared.get(() -> {
            begun.countDown();
            await(end);
            return make();
        }));
        assertTrue(begun.await(10, TimeUnit.SECONDS));
        return slow;
    }

    /** So many ask, and wait. */
    private List<Future<CollectedAnswer>> ask(int count) {
        List<Future<CollectedAnswer>> others = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            others.add(threads.submit(() -> shared.get(this::make)));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (shared.waiting() < count) {
            assertTrue(System.nanoTime() < deadline, shared.waiting() + " wait");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return others;
    }
}
