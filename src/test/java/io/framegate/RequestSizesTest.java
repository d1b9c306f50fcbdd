package io.framegate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.BatchWorker;
import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.ErrorResponseV2;
import io.framegate.message.MaxLength;
import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.NonBlocking;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.metrics.LimitKind;
import io.framegate.session.Capability;
import io.framegate.session.HelloRequest;
import io.framegate.session.HelloResponse;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How large a request may be, by what its record says, and what all of them may take of the heap. */
@Timeout(60)
class RequestSizesTest {

    private static final int KIBI = 1 << 10;
    private static final int MEBI = 1 << 20;
    private static final int HEADER = 4; // of a list or an array

    @Message(191101)
    @MaxPayload(100 * KIBI)
    record Annotated(byte[] bytes) {}

    @Message(191102)
    record Bounded(@MaxLength(100 * KIBI) byte[] bytes) {}

    @Message(191103)
    record Unbounded(byte[] bytes) {}

    @Message(191104)
    record Elements(List<Long> values) {}

    @Message(591101)
    record Told(int bytes, boolean whereRead) {}

    private static Told told(byte[] bytes) {
        return new Told(bytes.length, isReading());
    }

    private static boolean isReading() {
        return StackWalker.getInstance()
                .walk(frames -> frames.noneMatch(frame -> frame.getClassName().endsWith(".WorkerPool")));
    }

    @NonBlocking
    private static final class OfAnnotated implements Worker<Annotated, Told> {
        @Override
        public Told process(Annotated request) {
            return told(request.bytes());
        }
    }

    @NonBlocking
    private static final class OfBounded implements Worker<Bounded, Told> {
        @Override
        public Told process(Bounded request) {
            return told(request.bytes());
        }
    }

    private static final class OfUnbounded implements Worker<Unbounded, Told> {
        @Override
        public Told process(Unbounded request) {
            return told(request.bytes());
        }
    }

    private static Gate.Builder builder() {
        return Gate.builder()
                .worker(Annotated.class, Told.class, new OfAnnotated())
                .worker(Bounded.class, Told.class, new OfBounded())
                .worker(Unbounded.class, Told.class, new OfUnbounded())
                .sizes(200 * KIBI, MEBI, 64 * MEBI);
    }

    @ParameterizedTest
    @EnumSource(names = {"NONE", "ZLIB", "LZMA"})
    void acceptsTheLimitAndRefusesOneByteMore(Compression compression) throws Exception {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            int annotated = 100 * KIBI - HEADER;
            int unbounded = 200 * KIBI - HEADER;
            for (boolean compressible : new boolean[] {true, false}) {
                assertTaken(client, annotated, new Annotated(bytes(annotated, compressible)), compression);
                assertTaken(client, unbounded, new Unbounded(bytes(unbounded, compressible)), compression);
                assertTaken(client, 100 * KIBI, new Bounded(bytes(100 * KIBI, compressible)), compression);
                assertTooLarge(client, new Annotated(bytes(annotated + 1, compressible)), compression);
                assertTooLarge(client, new Unbounded(bytes(unbounded + 1, compressible)), compression);
            }
            assertEquals(4, gate.info().reachedTimes(LimitKind.PAYLOAD_BYTES));
            // What bounds a field says so itself, wherever that is found.
            client.send(frame(191102, compression, 100 * KIBI + 1));
            String sentence = client.receive(ErrorResponse.class).text();
            assertTrue(
                    sentence.equals("The message has 102405 bytes, the limit is 102404.")
                            || sentence.contains("Bounded.bytes offset=0: the count is 102401, at most 102400"),
                    sentence);
            assertEquals(0, gate.dispatcher().requestMemory().used());
        }
    }

    private static byte[] bytes(int count, boolean compressible) {
        byte[] bytes = new byte[count];
        if (!compressible) {
            new Random(1).nextBytes(bytes);
        }
        return bytes;
    }

    private static void assertTaken(RawClient client, int bytes, Record request, Compression compression)
            throws IOException {
        client.send(Frames.of(request, compression));
        // Too much for a thread that reads, whatever its worker is.
        assertEquals(new Told(bytes, false), client.receive(Told.class));
    }

    private static void assertTooLarge(RawClient client, Record request, Compression compression) throws IOException {
        client.send(Frames.of(request, compression));
        String sentence = client.receive(ErrorResponse.class).text();
        assertTrue(
                sentence.endsWith("bytes, the limit is " + (request instanceof Annotated ? 100 : 200) * KIBI + "."),
                sentence);
    }

    private static byte[] frame(int id, Compression compression, int count) {
        byte[] payload = new byte[HEADER + count];
        ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).putInt(count);
        try (var envelope = new io.framegate.wire.Envelope(MEBI, 1)) {
            return envelope.seal(id, payload, 0, payload.length, compression);
        }
    }

    @Test
    void worksSmallRequestsWhereTheyAreRead() throws Exception {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            int most = 64 * KIBI - HEADER - 1;
            for (Compression compression : List.of(Compression.NONE, Compression.ZLIB, Compression.LZMA)) {
                client.send(Frames.of(new Annotated(new byte[most]), compression));
                assertEquals(new Told(most, true), client.receive(Told.class), compression::name);
            }
        }
    }

    /** What is behind it is answered before the body would have been kept, and no byte of it is. */
    @Test
    void refusesABodyByItsHeaderAndGoesOn() throws Exception {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            for (int id : new int[] {100101, 191101, 191102, 191103}) {
                int size = 8 * MEBI;
                client.send(Frames.header(id, size));
                assertTrue(client.receive(ErrorResponse.class).text().startsWith("The message has " + size + " bytes"));
                byte[] piece = new byte[MEBI];
                for (int sent = 0; sent < size; sent += piece.length) {
                    client.send(piece);
                    assertEquals(0, gate.queue().requestBytes().used());
                }
                client.send(Frames.of(new WelcomeRequest(7)));
                assertEquals("welcome:7", client.receive(WelcomeResponse.class).text());
            }
            assertEquals(4, gate.info().reachedTimes(LimitKind.PAYLOAD_BYTES));
        }
    }

    /** A compressed body lies about its size: it gets no more than it says, and no more than its message allows. */
    @Test
    void believesNoAnnouncedSize() throws Exception {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            byte[] honest = Frames.of(new Annotated(new byte[90 * KIBI]), Compression.ZLIB);
            for (int announced :
                    new int[] {-1, 0, 1, 90 * KIBI, 90 * KIBI + 5, 100 * KIBI, 100 * KIBI + 1, Integer.MAX_VALUE}) {
                byte[] lying = honest.clone();
                ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(9, announced);
                client.send(lying);
                String sentence = client.receive(ErrorResponse.class).text();
                assertEquals(announced > 100 * KIBI, sentence.contains("the limit is"), sentence);
            }
            client.send(honest);
            assertEquals(new Told(90 * KIBI, false), client.receive(Told.class));
            assertEquals(0, gate.dispatcher().requestMemory().used());
        }
    }

    /** Holds what it was given until it is told, and fails if that is below 0. */
    private static class Holding implements Worker<Elements, Told> {

        final CountDownLatch letGo = new CountDownLatch(1);

        @Override
        public Told process(Elements request) throws Exception {
            letGo.await();
            if (request.values().get(0) < 0) {
                throw new IllegalStateException("as it was told");
            }
            return new Told(request.values().size(), isReading());
        }
    }

    private static final class HoldingBatch extends Holding implements BatchWorker<Elements, Told> {
        @Override
        public List<Told> processAll(List<Elements> requests) throws Exception {
            letGo.await();
            if (requests.get(0).values().get(0) < 0) {
                throw new IllegalStateException("as it was told");
            }
            return requests.stream()
                    .map(request -> new Told(request.values().size(), isReading()))
                    .toList();
        }

        @Override
        public Told process(Elements request) throws Exception {
            return super.process(request);
        }
    }

    /** Some 24 bytes each, as objects in a list. */
    private static final int COUNT = 20_000;

    /** There is room for one of these at a time, and never for one that is twice as large. */
    private static Gate holding(Holding worker) throws IOException {
        return Gate.builder()
                .worker(Elements.class, Told.class, worker)
                .sizes(MEBI, MEBI, 1000 * KIBI)
                .start();
    }

    private static byte[] elements(int count, long value) {
        return Frames.of(new Elements(Collections.nCopies(count, value)), Compression.ZLIB);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, -1000})
    void refusesRequestsWhileTheBudgetIsSpent(long value) throws Exception {
        Holding worker = new Holding();
        try (Gate gate = holding(worker);
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            first.send(elements(COUNT, value));
            // What it was decompressed to is given back when it is decoded.
            Gate.await(() -> gate.dispatcher().requestMemory().used() > 20L * COUNT
                    && gate.dispatcher().requestMemory().used() < 32L * COUNT);
            second.send(Frames.of(new HelloRequest(1, "second", new int[] {Capability.TYPED_ERRORS.code()})));
            second.receive(HelloResponse.class);
            second.send(elements(COUNT, value));
            ErrorResponseV2 busy = second.receive(ErrorResponseV2.class);
            assertEquals(Refusal.Code.BUSY, busy.code());
            assertTrue(busy.retryAfterMillis() > 0, busy::toString);
            second.send(elements(2 * COUNT, value));
            assertEquals(
                    Refusal.Code.TOO_LARGE,
                    second.receive(ErrorResponseV2.class).code());
            assertEquals(2, gate.info().reachedTimes(LimitKind.REQUEST_MEMORY));
            worker.letGo.countDown();
            assertAnswered(first, value);
            Gate.await(() -> gate.dispatcher().requestMemory().used() == 0);
            first.send(elements(COUNT, value));
            assertAnswered(first, value);
            Gate.await(() -> gate.dispatcher().requestMemory().used() == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, -1000})
    void givesBackWhatABatchHasTaken(long value) throws Exception {
        Holding worker = new HoldingBatch();
        try (Gate gate = holding(worker);
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            first.send(elements(COUNT, value));
            Gate.await(() -> gate.dispatcher().requestMemory().used() > 20L * COUNT);
            second.send(elements(2 * COUNT, value));
            worker.letGo.countDown();
            assertAnswered(first, value);
            assertTrue(second.receive(ErrorResponse.class).text().contains("more than 1024000 bytes of memory"));
            Gate.await(() -> gate.dispatcher().requestMemory().used() == 0);
        }
    }

    private static void assertAnswered(RawClient client, long value) throws IOException {
        if (value > 0) {
            assertEquals(new Told(COUNT, false), client.receive(Told.class));
        } else {
            assertTrue(client.receive(ErrorResponse.class).text().contains("mistake"));
        }
    }
}
