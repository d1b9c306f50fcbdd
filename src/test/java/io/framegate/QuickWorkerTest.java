package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.dispatch.Dispatcher;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that may wait, but hardly ever do: worked where they were read, as long as that harms nobody. */
@Timeout(60)
class QuickWorkerTest {

    private static final int WAIT = 1;

    /** Waits for the test if it is told so, else answers at once. */
    @Message(190401)
    record MostlyQuickRequest(int kind) {}

    @Message(590401)
    record MostlyQuickResponse(String thread) {}

    static final class MostlyQuickWorker implements Worker<MostlyQuickRequest, MostlyQuickResponse> {

        final CountDownLatch end = new CountDownLatch(1);
        final AtomicInteger waiting = new AtomicInteger();
        final Set<String> waitingThreads = ConcurrentHashMap.newKeySet();

        @Override
        public MostlyQuickResponse process(MostlyQuickRequest request) throws InterruptedException {
            if (request.kind() == WAIT) {
                waitingThreads.add(Thread.currentThread().getName());
                waiting.incrementAndGet();
                assertTrue(end.await(30, TimeUnit.SECONDS));
            }
            return new MostlyQuickResponse(Thread.currentThread().getName());
        }
    }

    @Message(190501)
    record ReaderRequest(int number) {}

    @Message(590501)
    record ReaderResponse(String thread) {}

    /** Tells which thread reads. */
    @NonBlocking
    static final class ReaderWorker implements Worker<ReaderRequest, ReaderResponse> {

        final Set<String> threads = ConcurrentHashMap.newKeySet();

        @Override
        public ReaderResponse process(ReaderRequest request) {
            threads.add(Thread.currentThread().getName());
            return new ReaderResponse(Thread.currentThread().getName());
        }
    }

    @NonBlocking
    record UntruthfulWorker(CountDownLatch end) implements Worker<MostlyQuickRequest, MostlyQuickResponse> {

        @Override
        public MostlyQuickResponse process(MostlyQuickRequest request) throws InterruptedException {
            assertTrue(end.await(30, TimeUnit.SECONDS));
            return new MostlyQuickResponse(Thread.currentThread().getName());
        }
    }

    private final MostlyQuickWorker worker = new MostlyQuickWorker();
    private final ReaderWorker reader = new ReaderWorker();

    private Gate start() throws IOException {
        return Gate.builder()
                .worker(MostlyQuickRequest.class, MostlyQuickResponse.class, worker)
                .worker(ReaderRequest.class, ReaderResponse.class, reader)
                .threads(16)
                .start();
    }

    /** The thread that the last of many quick requests was worked on. */
    private static String askMany(RawClient client) throws IOException {
        byte[][] burst = new byte[100][];
        for (int i = 0; i < burst.length; i++) {
            burst[i] = Frames.of(new MostlyQuickRequest(0));
        }
        client.send(Frames.concat(burst));
        String thread = "";
        for (int i = 0; i < burst.length; i++) {
            thread = client.receive(MostlyQuickResponse.class).thread();
        }
        return thread;
    }

    private static String readingThread(RawClient client) throws IOException {
        client.send(Frames.of(new ReaderRequest(1)));
        return client.receive(ReaderResponse.class).thread();
    }

    /** The names of a pool's threads differ in the number at their end. */
    private static String pool(String thread) {
        return thread.substring(0, thread.lastIndexOf('-'));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "in vain");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void untilWorkedWhereRead(RawClient client) throws IOException {
        String readers = pool(readingThread(client));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!pool(askMany(client)).equals(readers)) {
            assertTrue(System.nanoTime() < deadline, "it is still handed over");
        }
    }

    @Test
    void runsInlineAfterManyFastRequests() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect()) {
            String readers = pool(readingThread(client));
            client.send(Frames.of(new MostlyQuickRequest(0)));
            assertFalse(pool(client.receive(MostlyQuickResponse.class).thread()).equals(readers));
            untilWorkedWhereRead(client);
        }
    }

    @Test
    void staysOnWorkerThreadsIfConfigured() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect()) {
            gate.dispatcher().runFastInline(false);
            String readers = pool(readingThread(client));
            for (int i = 0; i < 200; i++) {
                assertFalse(pool(askMany(client)).equals(readers));
            }
        }
    }

    @Test
    void keepsHalfOfTheIoThreadsReading() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect()) {
            untilWorkedWhereRead(client);
            List<RawClient> waiting = new ArrayList<>();
            try {
                for (int i = 0; i < 12; i++) {
                    RawClient one = gate.connect();
                    waiting.add(one);
                    one.send(Frames.of(new MostlyQuickRequest(WAIT)));
                }
                await(() -> worker.waiting.get() == 12);
                String readers = pool(readingThread(client));
                long inlineExecutions = worker.waitingThreads.stream()
                        .filter(thread -> pool(thread).equals(readers))
                        .count();
                assertTrue(
                        inlineExecutions >= 1 && inlineExecutions <= Gate.READING_THREADS / 2,
                        inlineExecutions + " reading threads wait");
                // Others are read and answered meanwhile, quick requests of the same worker too.
                for (int i = 0; i < 50; i++) {
                    readingThread(client);
                    askMany(client);
                }
                worker.end.countDown();
                for (RawClient one : waiting) {
                    one.receive(MostlyQuickResponse.class);
                }
            } finally {
                worker.end.countDown();
                for (RawClient one : waiting) {
                    one.close();
                }
            }
        }
    }

    @Test
    void isHandedOverAgainAfterItWaited() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect();
                RawClient other = gate.connect()) {
            untilWorkedWhereRead(client);
            other.send(Frames.of(new MostlyQuickRequest(WAIT)));
            await(() -> worker.waiting.get() == 1);
            // Others are answered while it waits, and the wait is long enough to be noticed.
            for (long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100); System.nanoTime() < until; ) {
                readingThread(client);
            }
            worker.end.countDown();
            other.receive(MostlyQuickResponse.class);
            String readers = pool(readingThread(client));
            client.send(Frames.of(new MostlyQuickRequest(0)));
            assertFalse(pool(client.receive(MostlyQuickResponse.class).thread()).equals(readers));
        }
    }

    @Test
    void isServedWhileANonBlockingWorkerBlocks() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Gate gate = Gate.builder()
                        .worker(MostlyQuickRequest.class, MostlyQuickResponse.class, new UntruthfulWorker(end))
                        .worker(ReaderRequest.class, ReaderResponse.class, reader)
                        .start();
                RawClient waiting = gate.connect();
                RawClient client = gate.connect()) {
            try {
                // Until all but one of the threads that read have nothing to do.
                for (int i = 0; i < 100; i++) {
                    readingThread(client);
                }
                waiting.send(Frames.of(new MostlyQuickRequest(WAIT)));
                for (int i = 0; i < 100; i++) {
                    readingThread(client);
                }
            } finally {
                end.countDown();
            }
            waiting.receive(MostlyQuickResponse.class);
        }
    }

    @Test
    void answersAHungRequestInItsSlot() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 5; i++) {
                gate.dispatcher().limitRequests(Dispatcher.DEFAULT_DEADLINE, 1000);
                untilWorkedWhereRead(client);
                gate.dispatcher().limitRequests(Duration.ofMillis(150), 1000);
                client.send(Frames.concat(
                        Frames.of(new MostlyQuickRequest(0)),
                        Frames.of(new ReaderRequest(1)),
                        Frames.of(new MostlyQuickRequest(WAIT)),
                        Frames.of(new MostlyQuickRequest(0)),
                        Frames.of(new ReaderRequest(1))));
                int[] ids = {590401, 590501, 500201, 590401, 590501};
                for (int id : ids) {
                    assertEquals(id, FrameHeader.id(client.receive(), 0));
                }
            }
            assertEquals(5, worker.waiting.get());
            assertTrue(
                    worker.waitingThreads.stream().anyMatch(reader.threads::contains), "none hung where it was read");
        }
    }

    @Test
    void keepsTheOrderOfReplies() throws IOException {
        try (Gate gate = start();
                RawClient client = gate.connect()) {
            untilWorkedWhereRead(client);
            client.send(Frames.concat(
                    Frames.of(new MostlyQuickRequest(0)),
                    Frames.of(new ReaderRequest(1)),
                    Frames.of(new MostlyQuickRequest(0)),
                    Frames.frame(123401, (byte) 'N', (byte) 1),
                    Frames.of(new MostlyQuickRequest(0))));
            int[] ids = {590401, 590501, 590401, 500201, 590401};
            for (int id : ids) {
                assertEquals(id, FrameHeader.id(client.receive(), 0));
            }
        }
    }
}
