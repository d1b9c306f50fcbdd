package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.client.FramegateClient;
import io.framegate.message.BatchWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Worker;
import io.framegate.metrics.LimitKind;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.testkit.abuse.Canary;
import io.framegate.testkit.abuse.Scorecard;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every limit bites where it should, says so to who can still read it, and is counted. */
@Timeout(60)
class LimitsTest {

    private static final int MEBI = 1 << 20;

    @Message(190401)
    record HungRequest(boolean hang, byte[] ballast) {}

    @Message(590401)
    record HungResponse(boolean interrupted) {}

    /** Hangs until it is let go, whatever it is told meanwhile. */
    static class HungWorker implements Worker<HungRequest, HungResponse> {

        final CountDownLatch letGo = new CountDownLatch(1);
        final AtomicInteger interrupts = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();

        @Override
        public HungResponse process(HungRequest request) {
            boolean interrupted = false;
            while (request.hang() && letGo.getCount() > 0) {
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    interrupts.incrementAndGet();
                }
            }
            if (interrupted) {
                // As code that was interrupted leaves it behind.
                Thread.currentThread().interrupt();
            }
            ended.incrementAndGet();
            return new HungResponse(Thread.currentThread().isInterrupted());
        }
    }

    /** The same, for many at once. */
    static final class HungBatchWorker extends HungWorker implements BatchWorker<HungRequest, HungResponse> {
        @Override
        public List<HungResponse> processAll(List<HungRequest> requests) {
            return requests.stream().map(this::process).toList();
        }

        @Override
        public HungResponse process(HungRequest request) {
            return super.process(request);
        }
    }

    @Message(190501)
    record BulkRequest(int bytes) {}

    @Message(590501)
    record BulkResponse(byte[] bytes) {}

    static final class BulkWorker implements Worker<BulkRequest, BulkResponse> {

        final AtomicInteger worked = new AtomicInteger();

        @Override
        public BulkResponse process(BulkRequest request) {
            worked.incrementAndGet();
            return new BulkResponse(new byte[request.bytes()]);
        }
    }

    private static final HungRequest HANG = new HungRequest(true, new byte[0]);
    private static final HungRequest PASS = new HungRequest(false, new byte[0]);
    private static final int UNTIL_QUICK = 2000;

    private static Gate.Builder with(HungWorker worker) {
        return Gate.builder().worker(HungRequest.class, HungResponse.class, worker);
    }

    /** Has the worker answer until it is known to be so quick that it is worked where it is read, unless that is switched off. */
    private static void makeQuick(RawClient client) throws IOException {
        for (int i = 0; i < UNTIL_QUICK; i++) {
            client.send(Frames.of(PASS));
            client.receive(HungResponse.class);
        }
    }

    @Test
    void answersAHungWorkerAtItsDeadline() throws Exception {
        HungWorker hung = new HungWorker();
        // Two threads, both of which hang: others have to work in their place.
        try (Gate gate = with(hung).threads(2).start();
                Canary canary = new Canary(gate);
                RawClient client = gate.connect()) {
            gate.dispatcher().runFastInline(false);
            gate.dispatcher().limitRequests(Duration.ofMillis(300), 1000);
            long begun = System.nanoTime();
            client.send(Frames.of(HANG), Frames.of(HANG), Frames.of(PASS));
            for (int i = 0; i < 2; i++) {
                assertTrue(client.receive(ErrorResponse.class).text().startsWith("Outcome unknown"));
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            assertTrue(millis >= 300 && millis < 2000, millis + " ms");
            // A thread is counted as lost a moment after its client has been told.
            Gate.await(() -> hung.interrupts.get() == 2 && gate.queue().overdue() == 2);
            assertEquals(2, gate.outstanding());
            hung.letGo.countDown();
            Gate.await(() -> gate.outstanding() == 0 && gate.queue().overdue() == 0);
            // What they gave late was dropped, and what comes now finds no interrupt left behind.
            for (int i = 0; i < 10; i++) {
                client.send(Frames.of(PASS));
                assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            }
            assertEquals(2, gate.info().reachedTimes(LimitKind.WORKER_TIME));
            var counted = gate.info().messages().stream()
                    .filter(message -> message.id() == 190401)
                    .findFirst()
                    .orElseThrow();
            assertEquals(List.of(13L, 11L, 2L), List.of(counted.received(), counted.answered(), counted.failed()));
            Scorecard.row(
                    19,
                    "workers that hang: answered by an error at the deadline, late results dropped, others unharmed",
                    "2 hung workers on 2 threads: answered after %d ms (deadline 300); canary p99 %d ms",
                    millis,
                    canary.p99Millis());
        }
    }

    @Test
    void refusesRequestsQueuedTooLong() throws Exception {
        int threads = 256;
        HungWorker hung = new HungWorker();
        try (Gate gate = with(hung).threads(threads).start();
                Canary canary = new Canary(gate);
                RawClient first = gate.connect();
                RawClient second = gate.connect();
                RawClient third = gate.connect();
                RawClient late = gate.connect()) {
            gate.dispatcher().runFastInline(false);
            gate.dispatcher().limitRequests(Duration.ofMillis(500), 1000);
            List<RawClient> hanging = List.of(first, second, third);
            for (int i = 0; i < threads; i++) {
                hanging.get(i % 3).send(Frames.of(HANG));
            }
            Gate.await(() -> gate.queue().busy() == threads);
            late.send(Frames.of(PASS), Frames.of(PASS));
            for (int i = 0; i < 2; i++) {
                assertTrue(late.receive(ErrorResponse.class).text().startsWith("Busy: no worker was free"));
            }
            hung.letGo.countDown();
            Gate.await(() -> gate.outstanding() == 0);
            assertEquals(threads, hung.ended.get(), "what was refused is not worked later");
            Scorecard.row(
                    19,
                    "as many workers hang as there may be threads: what waits is refused as busy after twice the deadline, and not done",
                    "%d workers hang, 2 requests behind them were refused; canary p99 %d ms",
                    threads,
                    canary.p99Millis());
        }
    }

    /** What all threads wait for, a database that stalls say, is no business of the next request. */
    @Test
    void growsAndShrinksABlockedPool() throws Exception {
        int threads = 4;
        HungWorker hung = new HungWorker();
        try (Gate gate = with(hung)
                        .threads(threads)
                        .worker(BulkRequest.class, BulkResponse.class, new BulkWorker())
                        .start();
                RawClient hanging = gate.connect();
                RawClient other = gate.connect()) {
            gate.dispatcher().runFastInline(false);
            for (int i = 0; i < 3 * threads; i++) {
                hanging.send(Frames.of(HANG));
            }
            // All threads hang, and what came with their requests waits before the one that follows.
            Gate.await(() -> gate.outstanding() == 3 * threads && gate.queue().busy() == threads);
            other.send(Frames.of(new BulkRequest(1)));
            assertEquals(1, other.receive(BulkResponse.class).bytes().length);
            assertTrue(gate.queue().running() > threads, () -> gate.queue().running() + " threads");
            assertEquals(0, hung.ended.get());
            hung.letGo.countDown();
            Gate.await(() -> gate.outstanding() == 0 && gate.queue().running() == threads);
            assertEquals(0, hung.interrupts.get());
        }
    }

    @Test
    void startsNoMoreThreadsWhereAllCompute() throws Exception {
        long nanos = Duration.ofMillis(2500).toNanos();
        try (Gate gate = Gate.builder()
                        .threads(1)
                        .worker(BulkRequest.class, BulkResponse.class, request -> {
                            long end = System.nanoTime() + nanos;
                            while (System.nanoTime() < end) {
                                Thread.onSpinWait();
                            }
                            return new BulkResponse(new byte[request.bytes()]);
                        })
                        .start();
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            first.send(Frames.of(new BulkRequest(1)));
            Gate.await(() -> gate.queue().busy() == 1);
            second.send(Frames.of(new BulkRequest(1)));
            first.receive(BulkResponse.class);
            assertEquals(1, gate.queue().running());
            second.receive(BulkResponse.class);
        }
    }

    @Test
    void refusesInTimeWhatWaitsBehindAHungBatch() throws Exception {
        HungBatchWorker hung = new HungBatchWorker();
        try (Gate gate = with(hung).start();
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            gate.dispatcher().limitRequests(Duration.ofMillis(300), 1000);
            first.send(Frames.of(HANG));
            Gate.await(() -> gate.queue().busy() == 1);
            second.send(Frames.of(PASS));
            assertTrue(first.receive(ErrorResponse.class).text().startsWith("Outcome unknown"));
            assertTrue(second.receive(ErrorResponse.class).text().startsWith("Busy: no worker was free"));
            hung.letGo.countDown();
            Gate.await(() -> gate.outstanding() == 0);
            assertEquals(1, hung.ended.get(), "what was refused is not worked later");
            second.send(Frames.of(PASS));
            assertEquals(new HungResponse(false), second.receive(HungResponse.class));
        }
    }

    /** A chain of quick requests is worked by one thread; the first that hangs must not take the others with it. */
    @Test
    void worksTheRestOfAChainWhoseFirstHangs() throws Exception {
        HungWorker hung = new HungWorker();
        try (Gate gate = with(hung).start();
                RawClient client = gate.connect()) {
            gate.dispatcher().runFastInline(false);
            gate.dispatcher().limitRequests(Duration.ofMillis(300), 1000);
            makeQuick(client);
            client.send(Frames.concat(Frames.of(HANG), Frames.of(PASS), Frames.of(PASS)));
            assertTrue(client.receive(ErrorResponse.class).text().startsWith("Outcome unknown"));
            for (int i = 0; i < 2; i++) {
                assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            }
            hung.letGo.countDown();
            Gate.await(() -> gate.outstanding() == 0);
            assertEquals(UNTIL_QUICK + 3, hung.ended.get());
        }
    }

    @Test
    void answersAHungInlineWorkerAtItsDeadline() throws Exception {
        HungWorker hung = new HungWorker();
        try (Gate gate = with(hung).start();
                RawClient client = gate.connect()) {
            gate.dispatcher().limitRequests(Duration.ofMillis(300), 1000);
            makeQuick(client);
            client.send(Frames.of(HANG));
            assertTrue(client.receive(ErrorResponse.class).text().startsWith("Outcome unknown"));
            hung.letGo.countDown();
            client.send(Frames.of(PASS));
            assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            assertEquals(1, gate.info().reachedTimes(LimitKind.WORKER_TIME));
        }
    }

    @Test
    void answersEachOfAHungBatchOnce() throws Exception {
        HungBatchWorker hung = new HungBatchWorker();
        try (Gate gate = with(hung).start();
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            gate.dispatcher().limitRequests(Duration.ofMillis(300), 1000);
            first.send(Frames.of(HANG), Frames.of(PASS));
            assertTrue(first.receive(ErrorResponse.class).text().startsWith("Outcome unknown"));
            second.send(Frames.of(PASS));
            hung.letGo.countDown();
            assertEquals(new HungResponse(false), second.receive(HungResponse.class));
            first.send(Frames.of(PASS));
            first.receive();
            Gate.await(() -> gate.outstanding() == 0);
        }
    }

    @Test
    void putsWorkAsideWhoseRepliesNobodyTakes() throws Exception {
        BulkWorker bulk = new BulkWorker();
        int clients = Scorecard.size(20, 40);
        int requests = 60;
        int reply = MEBI / 2;
        // The whole catalogue has the limits that there are by default.
        int limit = Scorecard.size(MEBI, TransportLimits.DEFAULTS.maxPendingReplyBytes());
        int limitOfAll = Scorecard.size(8 * MEBI, TransportLimits.DEFAULTS.maxReplyBytes());
        try (Gate gate = Gate.builder()
                        .worker(BulkRequest.class, BulkResponse.class, bulk)
                        .compression(Compression.NONE, 0)
                        .queueCapacity(Scorecard.size(500, 10_000))
                        .limits(TransportLimits.builder()
                                .maxPendingReplyBytes(limit)
                                .maxReplyBytes(limitOfAll)
                                .build())
                        .start();
                Canary canary = new Canary(gate)) {
            List<RawClient> greedy = new ArrayList<>();
            long most = 0;
            try {
                for (int i = 0; i < clients; i++) {
                    RawClient client = gate.connect();
                    greedy.add(client);
                    for (int k = 0; k < requests; k++) {
                        client.send(Frames.of(new BulkRequest(reply)));
                    }
                    most = Math.max(most, gate.listener().pendingReplyBytes());
                }
                // All have stopped: nobody takes anything, so nothing is worked.
                Gate.await(() -> gate.listener().pendingReplyBytes() >= limitOfAll && gate.outstanding() == 0);
                most = Math.max(most, gate.listener().pendingReplyBytes());
                int worked = bulk.worked.get();
                Scorecard.row(
                        15,
                        "many clients that never read: what waits in all is bounded, and their work waits as well",
                        "%d clients x %d x 512 KiB: %,d worked, %,d KiB wait at most, limit %,d KiB in all and %,d each; canary"
                                + " p99 %d ms",
                        clients,
                        requests,
                        worked,
                        most >> 10,
                        limitOfAll >> 10,
                        limit >> 10,
                        canary.p99Millis());
                // On top, the reply at the head of each line and the first one behind it, and one for each thread.
                assertTrue(most <= limitOfAll + (2L * clients + 4 + Gate.READING_THREADS) * reply, most + " bytes");
                assertTrue(worked < clients * requests, worked + " worked");
                // Who takes them gets all of them, in order and whole.
                RawClient taking = greedy.get(0);
                for (int k = 0; k < requests; k++) {
                    assertEquals(reply, taking.receive(BulkResponse.class).bytes().length);
                }
                assertTrue(gate.info().reachedTimes(LimitKind.REPLY_BYTES)
                                + gate.info().reachedTimes(LimitKind.REPLY_BYTES_PER_CONNECTION)
                        > 0);
            } finally {
                for (RawClient client : greedy) {
                    client.close();
                }
            }
            Gate.await(() -> gate.listener().pendingReplyBytes() == 0 && gate.outstanding() == 0);
        }
    }

    @Test
    void refusesABodyBeyondTheBudget() throws Exception {
        HungWorker hung = new HungWorker();
        try (Gate gate = Gate.builder()
                        .worker(HungRequest.class, HungResponse.class, hung)
                        .limits(TransportLimits.builder()
                                .maxRequestBytes(9 * MEBI)
                                .build())
                        .sizes(4 * MEBI, 4 * MEBI, 64 * MEBI)
                        .start();
                Canary canary = new Canary(gate);
                RawClient first = gate.connect();
                RawClient second = gate.connect();
                RawClient client = gate.connect()) {
            byte[] large = Frames.of(new HungRequest(false, new byte[3 * MEBI]));
            // Most of two bodies, which take most of what there is to take.
            List<RawClient> holders = List.of(first, second);
            for (RawClient holder : holders) {
                holder.send(Frames.first(large, (int) (2.2 * MEBI)));
            }
            Gate.await(() -> gate.queue().requestBytes().used() > 4 * MEBI);
            client.send(large, Frames.of(PASS));
            assertTrue(client.receive(ErrorResponse.class).text().contains("memory"));
            assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            assertEquals(1, gate.info().reachedTimes(LimitKind.REQUEST_BYTES));
            for (RawClient holder : holders) {
                holder.close();
            }
            Gate.await(() -> gate.queue().requestBytes().used() == 0);
            byte[] smaller = Frames.of(new HungRequest(false, new byte[MEBI / 2]));
            client.send(smaller, smaller);
            assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            assertEquals(new HungResponse(false), client.receive(HungResponse.class));
            Gate.await(() -> gate.outstanding() == 0);
            assertEquals(1, gate.info().reachedTimes(LimitKind.REQUEST_BYTES));
            canary.p99Millis();
        }
    }

    @Test
    void aRejectedClientCanReadTheError() throws Exception {
        try (Gate gate = Gate.builder()
                        .limits(TransportLimits.builder().maxConnections(1).build())
                        .start();
                RawClient first = gate.connect()) {
            welcomed(first);
            for (int i = 0; i < 20; i++) {
                try (RawClient rejected = gate.connect()) {
                    // Unread, these would make the kernel reset the connection and overtake the sentence.
                    rejected.send(new byte[100_000]);
                    String sentence = rejected.receive(ErrorResponse.class).text();
                    assertTrue(sentence.contains("1 connections") && sentence.contains("CONNECTION_LIMIT"), sentence);
                    assertTrue(rejected.isAtEnd());
                }
            }
            Gate.await(() -> gate.info().closedByReason().getOrDefault("CONNECTION_LIMIT", 0L) == 20);
            assertEquals(20, gate.info().reachedTimes(LimitKind.CONNECTIONS));
            assertEquals(1, gate.listener().connectionCount());
            welcomed(first);
        }
    }

    @Test
    void rejectsAClientThatSaysHello() throws Exception {
        try (Gate gate = Gate.builder()
                        .limits(TransportLimits.builder().maxConnections(1).build())
                        .start();
                RawClient only = gate.connect();
                FramegateClient second = FramegateClient.builder()
                        .host("127.0.0.1")
                        .port(gate.listener().address().getPort())
                        .hello("second")
                        .build()) {
            only.send(Frames.of(new WelcomeRequest(1))).receive(WelcomeResponse.class);
            CompletableFuture<WelcomeResponse> answer = second.send(new WelcomeRequest(2), WelcomeResponse.class);
            CompletionException refused = assertThrows(CompletionException.class, answer::join);
            assertTrue(refused.getCause().getMessage().contains("already has its 1 connections"), refused::toString);
        }
    }

    @Test
    void boundsConnectionsPerAddress() throws Exception {
        try (Gate gate = Gate.builder()
                        .limits(TransportLimits.builder()
                                .maxConnectionsPerAddress(2)
                                .build())
                        .start();
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            welcomed(first);
            welcomed(second);
            try (RawClient third = gate.connect()) {
                assertTrue(third.receive(ErrorResponse.class).text().contains("ADDRESS_LIMIT"));
            }
            first.close();
            Gate.await(() -> gate.listener().connectionCount() == 1);
            try (RawClient third = gate.connect()) {
                welcomed(third);
            }
            assertEquals(1, gate.info().reachedTimes(LimitKind.CONNECTIONS_PER_ADDRESS));
        }
    }

    @Test
    void countsEveryOtherLimitThatBites() throws Exception {
        HungWorker hung = new HungWorker();
        try (Gate gate = Gate.builder()
                        .worker(HungRequest.class, HungResponse.class, hung)
                        .limits(TransportLimits.builder()
                                .maxBodyBytes(2 * MEBI)
                                .maxPipelined(2)
                                .readTimeout(Duration.ofMillis(300))
                                .idleTimeout(Duration.ofMillis(700))
                                .build())
                        .start();
                RawClient header = gate.connect();
                RawClient body = gate.connect();
                RawClient idle = gate.connect();
                RawClient tooLarge = gate.connect();
                RawClient bomb = gate.connect();
                RawClient hasty = gate.connect()) {
            header.send(new byte[2]);
            body.send(Frames.header(190401, 1000), new byte[10]);
            welcomed(idle);
            tooLarge.send(Frames.header(190401, 2 * MEBI + 1));
            assertTrue(tooLarge.receive(ErrorResponse.class).text().contains("FRAMING_LOST"));
            bomb.send(Frames.of(new HungRequest(false, new byte[3 * MEBI]), Compression.ZLIB));
            assertTrue(bomb.receive(ErrorResponse.class).text().contains("the limit is"));
            hasty.send(Frames.of(HANG), Frames.of(HANG), Frames.of(PASS), Frames.of(PASS));
            Gate.await(() -> gate.info().reachedTimes(LimitKind.REQUESTS_PER_CONNECTION) > 0);
            hung.letGo.countDown();
            assertTrue(header.receive(ErrorResponse.class).text().contains("READ_TIMEOUT"));
            assertTrue(body.receive(ErrorResponse.class).text().contains("READ_TIMEOUT"));
            assertTrue(idle.isAtEnd());
            assertEquals(1, gate.info().reachedTimes(LimitKind.HEADER_TIME));
            assertEquals(1, gate.info().reachedTimes(LimitKind.BODY_RATE));
            assertEquals(1, gate.info().reachedTimes(LimitKind.BODY_BYTES));
            assertEquals(1, gate.info().reachedTimes(LimitKind.PAYLOAD_BYTES));
            assertTrue(gate.info().reachedTimes(LimitKind.IDLE_TIME) > 0);
        }
    }

    private static void welcomed(RawClient client) throws IOException {
        client.send(Frames.of(new WelcomeRequest(1)));
        assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
    }
}
