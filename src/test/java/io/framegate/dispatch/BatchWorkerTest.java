package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.BatchLimits;
import io.framegate.message.BatchWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Refusal;
import io.framegate.message.Restartable;
import io.framegate.message.Worker;
import io.framegate.metrics.GateMetrics;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import jakarta.transaction.RollbackException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What many connections ask of a batch worker at once, over real sockets, without a container. */
@Timeout(60)
class BatchWorkerTest {

    private static final int MOST = 8;
    private static final int BAD = 1000;

    @Message(190401)
    record PutRequest(int number, byte[] padding) {}

    @Message(590401)
    record PutResponse(int number) {}

    /** Keeps numbers, as a table does: a batch as a whole or not at all. The first batch waits for the test. */
    @BatchLimits(requests = MOST, bytes = 4096)
    static class Ledger implements BatchWorker<PutRequest, PutResponse> {

        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        final List<List<Integer>> attempts = new ArrayList<>(); // by one thread at a time
        final List<Integer> stored = new ArrayList<>(); // likewise
        final BlockingQueue<Exception> troubles = new LinkedBlockingQueue<>();

        @Override
        public List<PutResponse> processAll(List<PutRequest> requests) throws Exception {
            List<Integer> numbers = requests.stream().map(PutRequest::number).toList();
            attempts.add(numbers);
            begun.countDown();
            assertTrue(goOn.await(30, TimeUnit.SECONDS));
            if (attempts.size() > 1 && !troubles.isEmpty()) {
                throw troubles.remove();
            }
            if (numbers.stream().anyMatch(number -> number >= BAD)) {
                throw new IllegalStateException("select secret from users");
            }
            stored.addAll(numbers);
            return requests.stream()
                    .map(request -> new PutResponse(request.number()))
                    .toList();
        }
    }

    @Message(190402)
    record NextRequest(int number) {}

    /** The first of them is encoded for as long as the test wants. */
    @Message(590402)
    record NextResponse(int number) {

        static final CountDownLatch ENCODING = new CountDownLatch(1);
        static final CountDownLatch ENCODED = new CountDownLatch(1);

        @Override
        public int number() {
            try {
                if (number == 0) {
                    ENCODING.countDown();
                    assertTrue(ENCODED.await(30, TimeUnit.SECONDS));
                }
                return number;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Writes down what it is told. */
    private final class Recorded implements Tracing {

        @Override
        public Traced begin(String message, long connection, int bytes) {
            return (failed, answered) -> traced.add(List.of("alone"));
        }

        @Override
        public Batch beginBatch(String message, int requests) {
            // The next batch may begin while the answers of this one are being written.
            List<String> batch = new CopyOnWriteArrayList<>(List.of("begin " + message + " " + requests));
            traced.add(batch);
            return new Batch() {
                @Override
                public Traced begin(long connection, int bytes) {
                    return (failed, answered) -> batch.add(failed ? "failed" : "answered");
                }

                @Override
                public void end() {
                    batch.add("end");
                }
            };
        }
    }

    private final Queue<List<String>> traced = new ConcurrentLinkedQueue<>();
    private Ledger ledger = new Ledger();
    private final List<RawClient> clients = new ArrayList<>();

    private static PutRequest put(int number) {
        return new PutRequest(number, new byte[0]);
    }

    /** Each of these is sent by a connection of its own while the first is in work, so they are the next batches. */
    private Gate gateWith(PutRequest... waiting) throws Exception {
        Gate gate = Gate.builder()
                .worker(PutRequest.class, PutResponse.class, ledger)
                .tracing(new Recorded())
                .start();
        RawClient first = gate.connect().send(Frames.of(put(0)));
        clients.add(first);
        assertTrue(ledger.begun.await(30, TimeUnit.SECONDS));
        BatchQueue batches = Objects.requireNonNull(
                Objects.requireNonNull(gate.routes().find(190401)).batches());
        for (int i = 0; i < waiting.length; i++) {
            clients.add(gate.connect().send(Frames.of(waiting[i])));
            // Not what is admitted: that may still be on its way to where it waits for its batch.
            long want = i + 2;
            Gate.await(() -> batches.pending() == want);
        }
        ledger.goOn.countDown();
        assertEquals(0, first.receive(PutResponse.class).number());
        return gate;
    }

    private static PutRequest[] numbers(int... numbers) {
        return IntStream.of(numbers).mapToObj(BatchWorkerTest::put).toArray(PutRequest[]::new);
    }

    private String error(int client) throws IOException {
        return clients.get(client).receive(ErrorResponse.class).text();
    }

    private int answer(int client) throws IOException {
        return clients.get(client).receive(PutResponse.class).number();
    }

    @Test
    void batchesRequestsThatArriveMeanwhile() throws Exception {
        try (Gate gate = gateWith(numbers(1, 2, 3, 4, 5))) {
            for (int i = 1; i <= 5; i++) {
                assertEquals(i, answer(i));
            }
            assertEquals(List.of(List.of(0), List.of(1, 2, 3, 4, 5)), ledger.attempts);
            Gate.await(() -> gate.outstanding() == 0);
            clients.get(1).send(Frames.of(put(6)));
            assertEquals(6, answer(1));
        }
    }

    @Test
    void runsABatchWhileTheLastIsEncoded() throws Exception {
        BatchWorker<NextRequest, NextResponse> worker = requests -> requests.stream()
                .map(request -> new NextResponse(request.number()))
                .toList();
        try (Gate gate = Gate.builder()
                .worker(NextRequest.class, NextResponse.class, worker)
                .start()) {
            RawClient first = gate.connect().send(Frames.of(new NextRequest(0)));
            assertTrue(NextResponse.ENCODING.await(30, TimeUnit.SECONDS));
            RawClient next = gate.connect().send(Frames.of(new NextRequest(1)));
            assertEquals(1, next.receive(NextResponse.class).number());
            NextResponse.ENCODED.countDown();
            assertEquals(0, first.receive(NextResponse.class).number());
        }
    }

    /** Batches of two, two at a time; each waits until the test lets all go on. */
    @BatchLimits(requests = 2, atATime = 2)
    static class SideBySide implements BatchWorker<PutRequest, PutResponse> {

        final BlockingQueue<List<Integer>> begun = new LinkedBlockingQueue<>();
        final CountDownLatch goOn = new CountDownLatch(1);

        @Override
        public List<PutResponse> processAll(List<PutRequest> requests) throws Exception {
            begun.add(requests.stream().map(PutRequest::number).toList());
            assertTrue(goOn.await(30, TimeUnit.SECONDS));
            return requests.stream()
                    .map(request -> new PutResponse(request.number()))
                    .toList();
        }
    }

    @Test
    void runsConcurrentBatchesIfAllowed() throws Exception {
        SideBySide worker = new SideBySide();
        try (Gate gate = Gate.builder()
                .worker(PutRequest.class, PutResponse.class, worker)
                .start()) {
            BatchQueue batches = Objects.requireNonNull(
                    Objects.requireNonNull(gate.routes().find(190401)).batches());
            for (int i = 0; i < 6; i++) {
                clients.add(gate.connect().send(Frames.of(put(i))));
                long want = i + 1;
                Gate.await(() -> batches.pending() == want);
                if (i == 0) {
                    assertEquals(List.of(0), worker.begun.poll(30, TimeUnit.SECONDS));
                } else if (i == 1) {
                    assertTrue(worker.begun.isEmpty(), "one alone is no reason for another batch");
                } else if (i == 2) {
                    assertEquals(List.of(1, 2), worker.begun.poll(30, TimeUnit.SECONDS));
                }
            }
            assertTrue(worker.begun.isEmpty(), "more than two at a time");
            worker.goOn.countDown();
            for (int i = 0; i < 6; i++) {
                assertEquals(i, answer(i));
            }
        }
    }

    @Test
    void keepsBatchesWithinTheLimitOfRequests() throws Exception {
        int[] many = IntStream.rangeClosed(1, MOST + 3).toArray();
        try (Gate gate = gateWith(numbers(many))) {
            for (int i : many) {
                assertEquals(i, answer(i));
            }
            assertEquals(
                    List.of(1, MOST, 3),
                    ledger.attempts.stream().map(List::size).toList());
        }
    }

    @Test
    void boundsBatchesByBytes() throws Exception {
        try (Gate gate = gateWith(
                new PutRequest(1, new byte[3000]),
                new PutRequest(2, new byte[3000]),
                new PutRequest(3, new byte[9000]),
                put(4))) {
            for (int i = 1; i <= 4; i++) {
                assertEquals(i, answer(i));
            }
            assertEquals(List.of(List.of(0), List.of(1), List.of(2), List.of(3), List.of(4)), ledger.attempts);
        }
    }

    @Test
    void failsOnlyTheOneThatIsAtFault() throws Exception {
        try (Gate gate = gateWith(numbers(1, 2, BAD, 4, 5))) {
            for (int i : new int[] {1, 2, 4, 5}) {
                assertEquals(i, answer(i));
            }
            String sentence = error(3);
            assertTrue(sentence.startsWith("The server made a mistake on this PutRequest"), sentence);
            assertEquals(List.of(0, 1, 2, 4, 5), ledger.stored);
        }
    }

    @Test
    void isTracedAsAWholeAndByRequest() throws Exception {
        try (Gate gate = gateWith(numbers(1, BAD))) {
            assertEquals(1, answer(1));
            error(2);
            Gate.await(() -> gate.outstanding() == 0);
            assertEquals(
                    List.of(
                            List.of("begin PutRequest 1", "answered", "end"),
                            List.of("begin PutRequest 2", "answered", "failed", "end")),
                    List.copyOf(traced));
        }
    }

    @Test
    void retriesABatchAfterASerializationFailure() throws Exception {
        for (int i = 0; i < Restartable.TIMES; i++) {
            ledger.troubles.add(new RuntimeException(new SQLException("deadlock detected", "40P01")));
        }
        try (Gate gate = gateWith(numbers(1, 2))) {
            assertEquals(1, answer(1));
            assertEquals(2, answer(2));
            assertEquals(5, ledger.attempts.size());
            assertEquals(List.of(0, 1, 2), ledger.stored);
        }
    }

    @Test
    void refusesABatchAfterTooManyRetries() throws Exception {
        for (int i = 0; i <= Restartable.TIMES; i++) {
            ledger.troubles.add(new SQLException("could not serialize", "40001"));
        }
        try (Gate gate = gateWith(numbers(1, 2))) {
            for (int i = 1; i <= 2; i++) {
                String sentence = error(i);
                assertTrue(sentence.startsWith("Others are changing"), sentence);
            }
            assertEquals(List.of(0), ledger.stored);
        }
    }

    /** Trying again could store it twice. */
    @Test
    void neverRepeatsWhatMayBeStored() throws Exception {
        RollbackException unconfirmed = new RollbackException("the container says so");
        unconfirmed.initCause(new SQLException("an answer did not come", "08006"));
        ledger.troubles.add(new IllegalStateException(unconfirmed));
        try (Gate gate = gateWith(numbers(1, 2, 3))) {
            for (int i = 1; i <= 3; i++) {
                String sentence = error(i);
                assertTrue(sentence.startsWith("Outcome unknown"), sentence);
            }
            assertEquals(2, ledger.attempts.size());
            assertEquals(3, gate.info().refusedByCode().get(Refusal.Code.OUTCOME_UNKNOWN.name()));
        }
    }

    @Test
    void doesNotSplitIfTheDatabaseIsUnavailable() throws Exception {
        ledger.troubles.add(new SQLException("connection refused", "08001"));
        try (Gate gate = gateWith(numbers(1, 2, 3))) {
            for (int i = 1; i <= 3; i++) {
                String sentence = error(i);
                assertTrue(sentence.startsWith("The database that a PutRequest needs"), sentence);
            }
            assertEquals(2, ledger.attempts.size());
        }
    }

    @Test
    void refusesABrokenBodyWithoutTheOthers() throws Exception {
        try (Gate gate = gateWith(numbers(1, 2))) {
            clients.get(1).send(Frames.frame(190401, (byte) 'N', (byte) 1), Frames.of(put(3)));
            assertEquals(1, answer(1));
            assertTrue(error(1).contains("id=190401"));
            assertEquals(3, answer(1));
        }
    }

    @Test
    void keepsTheOrderOfAConnection() throws Exception {
        try (Gate gate = gateWith()) {
            RawClient client = gate.connect();
            for (int i = 1; i <= 50; i++) {
                client.send(Frames.concat(Frames.of(new WelcomeRequest(i)), Frames.of(put(i)), Frames.of(put(-i))));
            }
            for (int i = 1; i <= 50; i++) {
                assertEquals(
                        "welcome:" + i, client.receive(WelcomeResponse.class).text());
                assertEquals(i, client.receive(PutResponse.class).number());
                assertEquals(-i, client.receive(PutResponse.class).number());
            }
            assertEquals(101, ledger.stored.size());
            assertTrue(ledger.attempts.stream().allMatch(batch -> batch.size() <= MOST));
        }
    }

    /** A worker that does not give an answer for each, in one way or another. */
    static final class Forgetful extends Ledger {

        private final Function<List<PutResponse>, List<PutResponse>> given;

        Forgetful(Function<List<PutResponse>, List<PutResponse>> given) {
            this.given = given;
        }

        @Override
        public List<PutResponse> processAll(List<PutRequest> requests) throws Exception {
            List<PutResponse> answers = super.processAll(requests);
            return requests.size() == 1 ? answers : given.apply(answers);
        }
    }

    /** One of another size than it has elements, or that fails to tell it. */
    private static List<PutResponse> lying(IntSupplier size) {
        return new AbstractList<>() {
            @Override
            public PutResponse get(int index) {
                return new PutResponse(index);
            }

            @Override
            public int size() {
                return size.getAsInt();
            }
        };
    }

    /** What they ask for is done when the worker returns, and would be done again. */
    @Test
    void failsABatchWithMissingAnswersOnce() throws Exception {
        IntSupplier failing = () -> {
            throw new IllegalStateException("size");
        };
        List<Function<List<PutResponse>, List<PutResponse>>> ways = List.of(
                answers -> List.of(),
                answers -> null,
                answers -> answers.subList(0, 2),
                answers -> lying(() -> 4),
                answers -> lying(() -> -1),
                answers -> lying(failing));
        for (Function<List<PutResponse>, List<PutResponse>> way : ways) {
            clients.clear();
            ledger = new Forgetful(way);
            try (Gate gate = gateWith(numbers(1, 2, 3))) {
                for (int i = 1; i <= 3; i++) {
                    String sentence = error(i);
                    assertTrue(sentence.startsWith("The server made a mistake"), sentence);
                }
                assertEquals(List.of(List.of(0), List.of(1, 2, 3)), ledger.attempts);
                Gate.await(() -> gate.outstanding() == 0);
                clients.get(1).send(Frames.of(put(4)));
                assertEquals(4, answer(1));
            }
        }
    }

    @Test
    void failsOnlyTheOneWhoseAnswerIsMissing() throws Exception {
        ledger = new Forgetful(answers -> new AbstractList<>() {
            @Override
            public PutResponse get(int index) {
                if (index == 1) {
                    throw new IllegalStateException("a lazy answer failed");
                }
                return index == 2 ? null : answers.get(index);
            }

            @Override
            public int size() {
                return answers.size();
            }
        });
        try (Gate gate = gateWith(numbers(1, 2, 3, 4))) {
            assertEquals(1, answer(1));
            error(2);
            error(3);
            assertEquals(4, answer(4));
            assertEquals(2, ledger.attempts.size());
        }
    }

    /** Gives way so many times before it answers. */
    static class Shy implements Worker<PutRequest, PutResponse> {

        int calls; // by one request at a time

        @Override
        public PutResponse process(PutRequest request) throws Exception {
            if (calls++ < request.number()) {
                throw new SQLException("deadlock detected", "40P01");
            }
            return new PutResponse(calls);
        }
    }

    @Restartable
    static final class Restarted extends Shy {}

    @Test
    void retriesRestartableWorkersOnly() throws Exception {
        for (Shy worker : List.of(new Shy(), new Restarted())) {
            try (Gate gate = Gate.builder()
                            .worker(PutRequest.class, PutResponse.class, worker)
                            .start();
                    RawClient client = gate.connect()) {
                client.send(Frames.of(put(Restartable.TIMES)));
                byte[] reply = client.receive();
                boolean answered = FrameHeader.id(reply, 0) == 590401;
                assertEquals(worker instanceof Restarted, answered);
                assertEquals(answered ? Restartable.TIMES + 1 : 1, worker.calls);
            }
        }
    }

    @NonBlocking
    static final class Hasty extends Ledger {}

    @Test
    void rejectsANonBlockingBatchWorker() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class,
                () -> Routes.of(
                        List.of(new Routes.Found<>(
                                "Hasty", Hasty.class, new Hasty(), PutRequest.class, PutResponse.class)),
                        Compression.NONE,
                        8192,
                        new GateMetrics()));
        assertTrue(thrown.getMessage().contains("both @NonBlocking and a BatchWorker"), thrown::getMessage);
    }
}
