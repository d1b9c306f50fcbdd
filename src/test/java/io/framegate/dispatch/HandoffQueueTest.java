package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoffQueueTest {

    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final HandoffQueue queue = new HandoffQueue(2);
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void end() throws InterruptedException {
        executor.shutdownNow();
        assertTrue(executor.awaitTermination(20, TimeUnit.SECONDS), "a thread still waits");
    }

    private static Task work() {
        return new Task(null, null, null, 0, new byte[0]);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG_NANOS;
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "in vain");
            LockSupport.parkNanos(100_000);
        }
    }

    /** A thread that takes one work, and then does this. */
    private Future<Task> takes(Runnable then) {
        return executor.submit((Callable<Task>) () -> {
            try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                Task work = consumer.take(LONG_NANOS);
                then.run();
                return work;
            }
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Threads that wait are not nimble. */
    private void awaitAllWait(int threads) {
        await(() -> queue.hot() == 0 && queue.waitingThreads() == threads);
    }

    @Test
    void wakesAThreadForEachSlowTask() throws Exception {
        CountDownLatch allWork = new CountDownLatch(4);
        List<Future<Task>> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(takes(() -> {
                allWork.countDown();
                awaitQuietly(allWork);
            }));
        }
        awaitAllWait(4);
        for (int i = 0; i < 4; i++) {
            queue.put(work(), false);
        }
        for (Future<Task> one : taken) {
            assertNotNull(one.get(20, TimeUnit.SECONDS));
        }
    }

    @Test
    void leavesFastTasksToTheHotThread() throws Exception {
        int works = 1000;
        AtomicInteger took = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch filled = new CountDownLatch(1);
        Future<Integer> awake = executor.submit(() -> {
            int own = 0;
            try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                while (own < works && took.get() < works && consumer.take(LONG_NANOS) != null) {
                    own++;
                    if (took.incrementAndGet() == 1) {
                        begun.countDown();
                        awaitQuietly(filled);
                    }
                }
            }
            return own;
        });
        awaitAllWait(1);
        queue.put(work(), true);
        awaitQuietly(begun);
        // Nobody else waits, so that no guard may come: what is put now is for the one that is awake.
        for (int i = 1; i < works; i++) {
            queue.put(work(), true);
        }
        assertEquals(1, queue.hot());
        filled.countDown();
        assertEquals(works, awake.get(20, TimeUnit.SECONDS));
    }

    @Test
    void theLeaderTakesWorkBehindABlockedThread() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        Future<Task> first = takes(() -> {
            taken.countDown();
            awaitQuietly(hangs);
        });
        awaitAllWait(1);
        queue.put(work(), true);
        awaitQuietly(taken);
        assertEquals(1, queue.hot());
        Future<Task> second = takes(() -> awaitQuietly(hangs));
        Future<Task> third = takes(() -> {});
        await(() -> queue.waitingThreads() == 2);
        // Both are quick, and left to the first, which never comes back; nor does the second.
        queue.put(work(), true);
        queue.put(work(), true);
        assertNotNull(third.get(20, TimeUnit.SECONDS));
        hangs.countDown();
        assertNotNull(first.get(20, TimeUnit.SECONDS));
        assertNotNull(second.get(20, TimeUnit.SECONDS));
    }

    @Test
    void wakesAnotherThreadIfTheHotOneBlocks() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        Future<Task> slow = executor.submit(() -> {
            try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                Task work = consumer.take(LONG_NANOS);
                consumer.markSlow();
                awaitQuietly(hangs);
                return work;
            }
        });
        awaitAllWait(1);
        queue.put(work(), true);
        await(() -> queue.hot() == 0 && queue.waitingThreads() == 0);
        Future<Task> other = takes(() -> {});
        awaitAllWait(1);
        Task fast = work();
        queue.put(fast, true);
        assertEquals(fast, other.get(20, TimeUnit.SECONDS));
        hangs.countDown();
        assertNotNull(slow.get(20, TimeUnit.SECONDS));
    }

    @Test
    void givesNothingAfterTheTime() throws Exception {
        Future<Task> none = executor.submit((Callable<Task>) () -> {
            try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                return consumer.take(1_000_000);
            }
        });
        assertNull(none.get(20, TimeUnit.SECONDS));
        assertEquals(0, queue.hot());
        assertEquals(0, queue.waitingThreads());
    }

    @Test
    void goesOnWithoutAThreadThatIsInterrupted() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread ends = new Thread(() -> {
            try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                consumer.take(LONG_NANOS);
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        });
        ends.start();
        awaitAllWait(1);
        ends.interrupt();
        ends.join(TimeUnit.SECONDS.toMillis(20));
        assertTrue(interrupted.get());
        assertEquals(0, queue.hot());
        Future<Task> other = takes(() -> {});
        awaitAllWait(1);
        Task last = work();
        queue.put(last, true);
        assertEquals(last, other.get(20, TimeUnit.SECONDS));
        ExecutionException refused = assertThrows(ExecutionException.class, () -> executor.submit(() -> {
                    Thread.currentThread().interrupt();
                    try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                        return consumer.take(LONG_NANOS);
                    }
                })
                .get(20, TimeUnit.SECONDS));
        assertTrue(refused.getCause() instanceof InterruptedException, refused.toString());
    }

    @Test
    void eachTaskGoesToOneThread() throws Exception {
        int producers = 3;
        int each = 20_000;
        Queue<Task> taken = new ConcurrentLinkedQueue<>();
        AtomicInteger count = new AtomicInteger();
        List<Future<?>> takers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SplittableRandom random = new SplittableRandom(i);
            takers.add(executor.submit(() -> {
                try (HandoffQueue.Consumer consumer = queue.new Consumer()) {
                    while (count.get() < producers * each) {
                        Task work = consumer.take(TimeUnit.MILLISECONDS.toNanos(200));
                        if (work != null) {
                            taken.add(work);
                            count.incrementAndGet();
                            int what = random.nextInt(1000);
                            if (what < 100) {
                                consumer.markSlow();
                            }
                            if (what < 2) {
                                LockSupport.parkNanos(500_000);
                            }
                        }
                    }
                }
                return null;
            }));
        }
        for (int i = 0; i < producers; i++) {
            SplittableRandom random = new SplittableRandom(100 + i);
            executor.submit(() -> {
                for (int j = 0; j < each; j++) {
                    queue.put(work(), random.nextInt(10) > 0);
                    if (random.nextInt(200) == 0) {
                        LockSupport.parkNanos(50_000);
                    }
                }
            });
        }
        for (Future<?> consumer : takers) {
            consumer.get(60, TimeUnit.SECONDS);
        }
        assertEquals(producers * each, taken.size());
        assertEquals(producers * each, taken.stream().distinct().count());
        assertEquals(0, queue.hot());
        assertEquals(0, queue.waitingThreads());
    }
}
