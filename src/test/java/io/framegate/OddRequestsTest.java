package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.dispatch.Tracing;
import io.framegate.message.BatchWorker;
import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Refusal;
import io.framegate.message.VersionedWorker;
import io.framegate.message.Worker;
import io.framegate.metrics.MessageMetrics;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.KeptLog;
import io.framegate.testkit.OddThrowables;
import io.framegate.testkit.RawClient;
import io.framegate.wire.FrameHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Workers of each kind that throw, refuse and answer as nobody should. Whatever they do, every request has one answer, in its place, and
 * the gate is afterwards what it was before.
 */
@Timeout(120)
class OddRequestsTest {

    private static final int THREADS = 4;
    private static final int CLIENTS = 8;
    private static final int REQUESTS = 100_000 / CLIENTS;

    /** Sent with one write, by a client whose requests are on their way all the time. */
    private static final int TOGETHER = 200;

    private static final int ANSWER = 591501;
    private static final int NOTICE = 991501;

    private static final int FIRST_ODD_ANSWER = 1000;
    private static final int ODD_ANSWERS = 16;
    private static final int FIRST_REFUSAL = 2000;
    private static final int REFUSALS = 5;

    /** What takes its time is asked for seldom. */
    private static final int FIRST_SLOW = 3000;

    private static final int SLOW_KINDS = 3;
    private static final int ONE_IN = 400;

    @Message(191501)
    record BlockingRequest(int number, int how) {}

    @Message(191502)
    record QuickRequest(int number, int how) {}

    @Message(191503)
    record SpotRequest(int number, int how) {}

    @Message(191504)
    record BatchRequest(int number, int how) {}

    @Message(191505)
    record VersionedRequest(int number, int how) {}

    @Message(191506)
    record CallerRequest(int number, int how) {}

    @Message(ANSWER)
    record OddResponse(int number, String text, List<String> list) {

        @Override
        public String text() {
            if ("fails".equals(text)) {
                throw new IllegalStateException(text);
            }
            return text;
        }

        @Override
        public String toString() {
            throw new IllegalStateException("toString");
        }
    }

    @Message(NOTICE)
    record OddNotice(String text, List<String> list) {}

    private enum Outcome {
        ANSWER,
        REFUSAL,
        FAULT
    }

    private static Outcome outcome(int how) {
        if (how >= FIRST_SLOW) {
            return how == FIRST_SLOW ? Outcome.REFUSAL : Outcome.FAULT;
        }
        if (how >= FIRST_REFUSAL) {
            return Outcome.REFUSAL;
        }
        if (how >= FIRST_ODD_ANSWER) {
            int odd = how - FIRST_ODD_ANSWER;
            return odd < 4 ? Outcome.ANSWER : Outcome.FAULT;
        }
        return how >= 0 ? Outcome.FAULT : Outcome.ANSWER;
    }

    private static OddResponse act(int number, int how) throws Exception {
        if (how >= FIRST_SLOW) {
            if (how == FIRST_SLOW) {
                throw OddThrowables.refusal(REFUSALS, number + " not now");
            }
            return how == FIRST_SLOW + 1
                    ? recurring(number)
                    : new OddResponse(new long[Integer.MAX_VALUE].length, "", List.of());
        }
        if (how >= FIRST_REFUSAL) {
            Refusal refusal = OddThrowables.refusal(how - FIRST_REFUSAL, number + " not now");
            throw number % 2 == 0 ? refusal : new IllegalStateException(refusal);
        }
        if (how >= FIRST_ODD_ANSWER) {
            return oddAnswer(number, how - FIRST_ODD_ANSWER);
        }
        if (how >= 0) {
            Throwable odd = OddThrowables.made(how, "odd " + number);
            throwAnything(odd);
        }
        return new OddResponse(number, "ok", List.of("a", "b"));
    }

    private static OddResponse recurring(int number) {
        return new OddResponse(recurring(number).number() + 1, "", List.of());
    }

    /** A worker in another language of the JVM declares nothing. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAnything(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static OddResponse oddAnswer(int number, int odd) {
        return switch (odd) {
            case 0 -> new OddResponse(number, "half \ud800 and nul \u0000 end", List.of("\udc00"));
            case 1 -> new OddResponse(number, "", new Lying(2, 2, 2));
            case 2 -> new OddResponse(number, "x".repeat(20_000), List.of());
            case 3 -> new OddResponse(number, "", new ArrayList<>(Arrays.asList("", "")));
            case 4 -> null;
            case 5 -> new OddResponse(number, "fails", List.of());
            case 6 -> new OddResponse(number, null, List.of());
            case 7 -> new OddResponse(number, "", null);
            case 8 -> new OddResponse(number, "", Arrays.asList("a", null));
            case 9 -> new OddResponse(number, "", new Lying(5, 2, 2));
            case 10 -> new OddResponse(number, "", new Lying(2, 5, 5));
            case 11 -> new OddResponse(number, "", new Lying(2, Integer.MAX_VALUE, Integer.MAX_VALUE));
            case 12 -> new OddResponse(number, "", new Lying(-1, 3, 3));
            case 13 -> new OddResponse(number, "", new Lying(5, 5, 3));
            case 14 -> new OddResponse(number, "", new Lying(0, 1, 1));
            default -> new OddResponse(number, "", new Lying(-2, 0, 0));
        };
    }

    /** Has a size, gives so many elements, and fails after some of them. */
    private static final class Lying extends AbstractList<String> {

        private final int size;
        private final int elements;
        private final int good;

        Lying(int size, int elements, int good) {
            this.size = size;
            this.elements = elements;
            this.good = good;
        }

        @Override
        public int size() {
            if (size == -2) {
                throw new IllegalStateException("size");
            }
            return size;
        }

        @Override
        public String get(int index) {
            return "element";
        }

        @Override
        public Iterator<String> iterator() {
            return new Iterator<>() {

                private int given;

                @Override
                public boolean hasNext() {
                    return given < elements;
                }

                @Override
                public String next() {
                    if (given++ >= good) {
                        throw new NoSuchElementException("an element fails");
                    }
                    return "element";
                }
            };
        }
    }

    private static final class BlockingWorker implements Worker<BlockingRequest, OddResponse> {
        @Override
        public OddResponse process(BlockingRequest request) throws Exception {
            LockSupport.parkNanos(request.number() % 8 == 0 ? 500_000 : 0);
            return act(request.number(), request.how());
        }
    }

    private static final class QuickWorker implements Worker<QuickRequest, OddResponse> {
        @Override
        public OddResponse process(QuickRequest request) throws Exception {
            return act(request.number(), request.how());
        }
    }

    @NonBlocking
    private static final class SpotWorker implements Worker<SpotRequest, OddResponse> {
        @Override
        public OddResponse process(SpotRequest request) throws Exception {
            return act(request.number(), request.how());
        }
    }

    private static final class OddBatchWorker implements BatchWorker<BatchRequest, OddResponse> {
        @Override
        public List<OddResponse> processAll(List<BatchRequest> requests) throws Exception {
            List<OddResponse> answers = new ArrayList<>();
            for (BatchRequest request : requests) {
                answers.add(act(request.number(), request.how()));
            }
            return answers;
        }
    }

    private static final class OddVersionedWorker implements VersionedWorker<VersionedRequest, OddResponse> {

        /** A version that cannot be compared. */
        private static final class Incomparable {

            @Override
            public boolean equals(Object other) {
                throw new IllegalStateException("equals");
            }

            @Override
            public int hashCode() {
                throw new IllegalStateException("hashCode");
            }

            @Override
            public String toString() {
                throw new IllegalStateException("toString");
            }
        }

        @Override
        public Object version(VersionedRequest request) throws Exception {
            if (request.how() >= 0 && request.how() < OddThrowables.KINDS && request.number() % 2 == 0) {
                throwAnything(OddThrowables.made(request.how(), "odd version"));
            }
            return request.number() % 3 == 0 ? new Incomparable() : (Object) 1;
        }

        @Override
        public OddResponse process(VersionedRequest request) throws Exception {
            return act(request.number(), request.how());
        }
    }

    private static final class OddCallerWorker implements CallerWorker<CallerRequest, OddResponse> {
        @Override
        public OddResponse process(CallerRequest request, Caller caller) throws Exception {
            if (request.number() % 4 == 0) {
                caller.push(new OddNotice("a notice", List.of()));
                assertFailsToPush(caller, new OddNotice("fails", new Lying(3, 1, 1)));
                assertFailsToPush(caller, new OddNotice(null, List.of()));
                assertFailsToPush(caller, new Unannounced(1));
            }
            return act(request.number(), request.how());
        }

        record Unannounced(int number) {}

        private static void assertFailsToPush(Caller caller, Record notice) {
            try {
                if (caller.push(notice)) {
                    throw new OutOfMemoryError("a notice was sent that has no form");
                }
            } catch (IllegalArgumentException e) {
                // As it is said.
            }
        }
    }

    /** What is asked for, in its order. */
    private record Asked(int kind, int number, int how) {

        Record request() {
            return switch (kind) {
                case 0 -> new BlockingRequest(number, how);
                case 1 -> new QuickRequest(number, how);
                case 2 -> new SpotRequest(number, how);
                case 3 -> new BatchRequest(number, how);
                case 4 -> new VersionedRequest(number, how);
                default -> new CallerRequest(number, how);
            };
        }

        /** Whoever is worked together with others may be refused for one of them. */
        boolean isBatched() {
            return kind == 3;
        }
    }

    private static List<Asked> asked(Random random) {
        List<Asked> asked = new ArrayList<>();
        while (asked.size() < REQUESTS) {
            int kind = random.nextInt(6);
            int how =
                    switch (random.nextInt(6)) {
                        case 0 -> FIRST_ODD_ANSWER + random.nextInt(ODD_ANSWERS);
                        case 1 -> FIRST_REFUSAL + random.nextInt(REFUSALS);
                        case 2, 3 -> random.nextInt(OddThrowables.KINDS);
                        default -> -1;
                    };
            if (random.nextInt(ONE_IN) == 0) {
                how = FIRST_SLOW + random.nextInt(SLOW_KINDS);
            }
            Asked next = new Asked(kind, asked.size(), how);
            asked.add(next);
            if (kind == 4 && asked.size() < REQUESTS) {
                // The same bytes, whose answer may be kept.
                asked.add(next);
            }
        }
        return asked;
    }

    private static void send(RawClient client, List<Asked> asked) throws IOException {
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        for (int i = 0; i < asked.size(); i++) {
            together.writeBytes(Frames.of(asked.get(i).request()));
            if (i % TOGETHER == TOGETHER - 1 || i == asked.size() - 1) {
                client.send(together.toByteArray());
                together.reset();
            }
        }
    }

    /** The next frame that is no notice. */
    private static byte[] reply(RawClient client, boolean typed) throws IOException {
        while (true) {
            byte[] frame = Objects.requireNonNull(client.receive(), "the connection has ended");
            if (FrameHeader.id(frame, 0) != NOTICE) {
                return frame;
            }
            assertTrue(typed, "a notice for a client that never said that it takes some");
            assertEquals("a notice", Frames.message(frame, OddNotice.class).text());
        }
    }

    /** @return how many answers by their worker's results there were */
    private static int receive(RawClient client, List<Asked> asked, boolean typed) throws IOException {
        int answered = 0;
        for (Asked one : asked) {
            byte[] frame = reply(client, typed);
            Outcome wanted = outcome(one.how());
            if (FrameHeader.id(frame, 0) == ANSWER) {
                OddResponse answer = Frames.message(frame, OddResponse.class);
                assertEquals(Outcome.ANSWER, wanted, one::toString);
                assertEquals(one.number(), answer.number());
                answered++;
                continue;
            }
            String text = typed
                    ? Frames.message(frame, ErrorResponseV2.class).text()
                    : Frames.message(frame, ErrorResponse.class).text();
            assertTrue(text.length() <= Refusal.MAX_CHARACTERS);
            if (one.isBatched()) {
                continue;
            }
            if (wanted == Outcome.REFUSAL) {
                assertTrue(text.startsWith(one.number() + " not now"), text);
            } else {
                assertEquals(Outcome.FAULT, wanted, () -> one + ": " + text);
                assertTrue(text.startsWith("The server made a mistake on this "), text);
            }
        }
        return answered;
    }

    @Test
    void haveOneAnswerEachAndLeakNothing() throws Exception {
        long seed = System.nanoTime();
        ExecutorService senders = Executors.newCachedThreadPool();
        try (KeptLog log = new KeptLog(Level.INFO, "io.framegate.dispatch.ErrorFrames");
                Gate gate = Gate.builder()
                        .threads(THREADS)
                        .queueCapacity(CLIENTS * 1000)
                        .worker(BlockingRequest.class, OddResponse.class, new BlockingWorker())
                        .worker(QuickRequest.class, OddResponse.class, new QuickWorker())
                        .worker(SpotRequest.class, OddResponse.class, new SpotWorker())
                        .worker(BatchRequest.class, OddResponse.class, new OddBatchWorker())
                        .worker(VersionedRequest.class, OddResponse.class, new OddVersionedWorker())
                        .worker(CallerRequest.class, OddResponse.class, new OddCallerWorker())
                        .start()) {
            List<RawClient> clients = new ArrayList<>();
            List<Future<Integer>> received = new ArrayList<>();
            List<Future<?>> sent = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                RawClient client = gate.connect();
                clients.add(client);
                boolean typed = i % 2 == 1;
                if (typed) {
                    client.send(Frames.of(new HelloRequest(1, "odd", new int[] {1, 3})));
                    client.receive(HelloResponse.class);
                }
                List<Asked> asked = asked(new Random(seed + i));
                sent.add(senders.submit(() -> {
                    send(client, asked);
                    return null;
                }));
                received.add(senders.submit(() -> receive(client, asked, typed)));
            }
            for (int i = 0; i < CLIENTS; i++) {
                sent.get(i).get(100, TimeUnit.SECONDS);
                assertTrue(received.get(i).get(100, TimeUnit.SECONDS) > REQUESTS / 4, "seed " + seed);
            }
            Gate.await(() -> gate.outstanding() == 0 && gate.queue().busy() == 0);
            assertEquals(0, gate.queue().overdue());
            assertEquals(THREADS, gate.queue().running());
            assertEquals(0, gate.queue().requestBytes().used());
            for (MessageMetrics message : gate.info().messages()) {
                assertEquals(message.received(), message.answered() + message.failed(), message.name());
            }
            assertEquals(
                    CLIENTS * REQUESTS,
                    gate.info().messages().stream()
                            .filter(message -> message.id() / 100 == 1915)
                            .mapToLong(MessageMetrics::received)
                            .sum());
            for (int i = 0; i < CLIENTS; i++) {
                try (RawClient client = clients.get(i)) {
                    client.send(Frames.of(new QuickRequest(7, -1)));
                    byte[] last = reply(client, i % 2 == 1);
                    assertEquals(7, Frames.message(last, OddResponse.class).number());
                    client.halfClose();
                    assertTrue(client.isAtEnd());
                }
            }
            assertFalse(log.take().isEmpty(), "faults are told to the log");
        } catch (Throwable e) {
            throw new AssertionError("with the seed " + seed, e);
        } finally {
            senders.shutdownNow();
        }
    }

    /** Fails in one of its calls, or in each. */
    private record FailingTraces(int call) implements Tracing {

        private void fail(int at) {
            if (at == call || call == 0) {
                throw new IllegalStateException("traces");
            }
        }

        @Override
        public Traced begin(String message, long connection, int bytes) {
            fail(1);
            return (failed, answered) -> fail(2);
        }

        @Override
        public Batch beginBatch(String message, int requests) {
            fail(3);
            return new Batch() {
                @Override
                public Traced begin(long connection, int bytes) {
                    fail(4);
                    return (failed, answered) -> fail(5);
                }

                @Override
                public void end() {
                    fail(6);
                }
            };
        }
    }

    /** Whoever looks at a request on its way has no part in its answer. */
    @Test
    void areAnsweredThoughTracesAndTheLogFail() throws Exception {
        Handler failing = new StreamHandler() {
            @Override
            public void publish(LogRecord entry) {
                throw new IllegalStateException("the log");
            }
        };
        Logger responses = Logger.getLogger("io.framegate.response");
        Logger faults = Logger.getLogger("io.framegate.dispatch.ErrorFrames");
        faults.setUseParentHandlers(false);
        responses.setUseParentHandlers(false);
        faults.setLevel(Level.ALL);
        responses.addHandler(failing);
        faults.addHandler(failing);
        try {
            for (int call = 0; call <= 6; call++) {
                try (Gate gate = Gate.builder()
                                .tracing(new FailingTraces(call))
                                .worker(SpotRequest.class, OddResponse.class, new SpotWorker())
                                .worker(BatchRequest.class, OddResponse.class, new OddBatchWorker())
                                .worker(BlockingRequest.class, OddResponse.class, new BlockingWorker())
                                .start();
                        RawClient client = gate.connect()) {
                    gate.dispatcher().logResponses(true);
                    for (int kind : new int[] {0, 2, 3}) {
                        List<Asked> asked = List.of(
                                new Asked(kind, 1, -1),
                                new Asked(kind, 2, 15),
                                new Asked(kind, 3, FIRST_REFUSAL),
                                new Asked(kind, 4, -1));
                        send(client, asked);
                        int answered = receive(client, asked, false);
                        assertTrue(kind == 3 || answered == 2, () -> answered + " answers");
                    }
                    Gate.await(() -> gate.outstanding() == 0 && gate.queue().busy() == 0);
                    assertEquals(THREADS, gate.queue().running());
                }
            }
        } finally {
            for (Logger logger : List.of(responses, faults)) {
                logger.removeHandler(failing);
                logger.setUseParentHandlers(true);
                logger.setLevel(null);
            }
        }
    }
}
