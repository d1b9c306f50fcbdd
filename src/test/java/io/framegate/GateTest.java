package io.framegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Refusal;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.transport.CloseReason;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.wire.FrameHeader;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way of a request, over real sockets, without a container. */
@Timeout(60)
class GateTest {

    private static final int UNKNOWN = 123401;

    /** Waits for the latch of its number, then answers it. */
    @Message(190101)
    record HeldRequest(int number) {}

    @Message(590101)
    record HeldResponse(int number) {}

    /** A worker that answers when the test lets it. */
    static final class HeldWorker implements Worker<HeldRequest, HeldResponse> {

        final ConcurrentHashMap<Integer, CountDownLatch> latches = new ConcurrentHashMap<>();

        @Override
        public HeldResponse process(HeldRequest request) throws InterruptedException {
            assertTrue(latch(request.number()).await(30, TimeUnit.SECONDS));
            return new HeldResponse(request.number());
        }

        CountDownLatch latch(int number) {
            return latches.computeIfAbsent(number, key -> new CountDownLatch(1));
        }
    }

    @Message(190201)
    record TroubleRequest(int kind) {}

    @Message(590201)
    record TroubleResponse(int kind) {}

    static final class TroubleWorker implements Worker<TroubleRequest, TroubleResponse> {
        @Override
        public TroubleResponse process(TroubleRequest request) {
            switch (request.kind()) {
                case 1:
                    throw new IllegalStateException("select secret from users");
                case 2:
                    throw new StackOverflowError("secret");
                case 3:
                    return nothing();
                case 4:
                    throw new Refusal(Refusal.Code.CONFLICT, "Somebody was faster.");
                case 5:
                    throw new RuntimeException(new Refusal(Refusal.Code.CONFLICT, "Somebody was faster."));
                default:
                    return new TroubleResponse(request.kind());
            }
        }

        @SuppressWarnings("NullAway") // What a worker's mistake looks like.
        private static TroubleResponse nothing() {
            return null;
        }
    }

    @Message(190301)
    record EchoRequest(byte[] bytes) {}

    @Message(590301)
    record EchoResponse(byte[] bytes) {}

    static final class EchoWorker implements Worker<EchoRequest, EchoResponse> {
        @Override
        public EchoResponse process(EchoRequest request) {
            return new EchoResponse(request.bytes());
        }
    }

    private final HeldWorker held = new HeldWorker();

    private Gate.Builder builder() {
        return Gate.builder()
                .worker(HeldRequest.class, HeldResponse.class, held)
                .worker(TroubleRequest.class, TroubleResponse.class, new TroubleWorker())
                .worker(EchoRequest.class, EchoResponse.class, new EchoWorker());
    }

    @Test
    void answersTheGoldenWelcome() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.golden("welcome-request"));
            assertArrayEquals(Frames.golden("welcome-response"), client.receive());
            client.send(Frames.golden("welcome-request-zlib"));
            assertArrayEquals(Frames.golden("welcome-response"), client.receive());
            client.send(Frames.golden("welcome-request-lzma-end-marker"));
            assertArrayEquals(Frames.golden("welcome-response"), client.receive());
        }
    }

    /** Requests of every kind and every trouble that leaves the framing intact. */
    private static byte[] mixedStream() {
        return Frames.concat(
                Frames.of(new WelcomeRequest(1)),
                Frames.of(new EchoRequest(new byte[] {1, 2, 3})),
                Frames.frame(UNKNOWN, (byte) 'N', (byte) 1, (byte) 2),
                Frames.frame(100101, (byte) 'N', (byte) 1),
                Frames.frame(100101, (byte) 'X'),
                Frames.of(new EchoRequest(new byte[700]), Compression.ZLIB),
                Frames.of(new TroubleRequest(4)),
                Frames.of(new EchoRequest(new byte[900])),
                Frames.of(new WelcomeRequest(2), Compression.LZMA));
    }

    private static final int MIXED_REPLIES = 9;

    @Test
    void repliesDoNotDependOnSplits() throws IOException {
        byte[] stream = mixedStream();
        try (Gate gate = builder().start()) {
            List<byte[]> expected;
            try (RawClient client = gate.connect()) {
                expected = replies(client.send(stream));
            }
            for (int split = 1; split < stream.length; split++) {
                try (RawClient client = gate.connect()) {
                    byte[] rest = java.util.Arrays.copyOfRange(stream, split, stream.length);
                    List<byte[]> replies = replies(client.send(Frames.first(stream, split), rest));
                    for (int i = 0; i < MIXED_REPLIES; i++) {
                        assertArrayEquals(expected.get(i), replies.get(i), "split at " + split + ", reply " + i);
                    }
                }
            }
            try (RawClient client = gate.connect()) {
                List<byte[]> replies = replies(client.sendInPieces(stream, 1));
                for (int i = 0; i < MIXED_REPLIES; i++) {
                    assertArrayEquals(expected.get(i), replies.get(i), "one byte at a time, reply " + i);
                }
            }
        }
    }

    private static List<byte[]> replies(RawClient client) throws IOException {
        client.halfClose();
        List<byte[]> replies = new ArrayList<>();
        for (byte[] reply = client.receive(); reply != null; reply = client.receive()) {
            replies.add(reply);
        }
        assertEquals(MIXED_REPLIES, replies.size());
        return replies;
    }

    @Test
    void writesInRequestOrderWhenWorkersFinishReversed() throws IOException {
        try (Gate gate = builder().threads(8).start();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 8; i++) {
                client.send(Frames.of(new HeldRequest(i)));
            }
            client.send(Frames.of(new WelcomeRequest(9)));
            for (int i = 7; i >= 0; i--) {
                held.latch(i).countDown();
            }
            for (int i = 0; i < 8; i++) {
                assertEquals(new HeldResponse(i), client.receive(HeldResponse.class));
            }
            assertEquals(new WelcomeResponse("welcome:9"), client.receive(WelcomeResponse.class));
        }
    }

    @Test
    void runsPipelinedSlowRequestsConcurrently() throws IOException {
        try (Gate gate = builder().threads(4).start();
                RawClient client = gate.connect()) {
            // One write, so one read: the first can be answered only while the last is in work.
            client.send(Frames.concat(
                    Frames.of(new HeldRequest(0)), Frames.of(new HeldRequest(1)), Frames.of(new HeldRequest(2))));
            Gate.await(() -> held.latches.size() == 3);
            held.latches.values().forEach(CountDownLatch::countDown);
            for (int i = 0; i < 3; i++) {
                assertEquals(new HeldResponse(i), client.receive(HeldResponse.class));
            }
        }
    }

    @Test
    void answersThousandPipelinedRequestsInOrder() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            byte[][] frames = new byte[1000][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = i % 3 == 0
                        ? Frames.of(new WelcomeRequest(i))
                        : Frames.of(new EchoRequest(new byte[] {(byte) i, (byte) (i >> 8)}));
            }
            client.send(Frames.concat(frames));
            for (int i = 0; i < frames.length; i++) {
                if (i % 3 == 0) {
                    assertEquals(
                            "welcome:" + i,
                            client.receive(WelcomeResponse.class).text());
                } else {
                    byte[] bytes = client.receive(EchoResponse.class).bytes();
                    assertEquals(i, (bytes[0] & 0xFF) | (bytes[1] & 0xFF) << 8);
                }
            }
        }
    }

    @Test
    void carriesBodiesUpToManyMebibytesBothWays() throws IOException {
        byte[] large = new byte[5_000_000];
        new java.util.Random(3).nextBytes(large);
        try (Gate gate = builder().compression(Compression.NONE, 0).start();
                RawClient client = gate.connect()) {
            for (int size : new int[] {0, 500, 511, 512, 513, 65_535, 65_536, 70_000, 1_000_000}) {
                byte[] part = Frames.first(large, size);
                client.send(Frames.of(new EchoRequest(part)));
                assertArrayEquals(part, client.receive(EchoResponse.class).bytes());
            }
        }
        try (Gate gate = builder().compression(Compression.ZLIB, 8192).start();
                RawClient client = gate.connect()) {
            byte[] zeros = new byte[1_000_000];
            client.send(Frames.of(new EchoRequest(zeros), Compression.ZLIB));
            byte[] reply = client.receive();
            assertEquals('Z', reply[FrameHeader.BYTES]);
            assertArrayEquals(zeros, Frames.message(reply, EchoResponse.class).bytes());
        }
    }

    @Test
    void answersAnUnknownIdAndSkipsItsBody() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            int size = 99 << 20;
            client.send(Frames.header(UNKNOWN, size));
            // The answer does not wait for the body.
            assertEquals(
                    "There is no message with the id 123401 here.",
                    client.receive(ErrorResponse.class).text());
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 99; i++) {
                client.send(chunk);
            }
            client.send(Frames.of(new WelcomeRequest(5)));
            assertEquals("welcome:5", client.receive(WelcomeResponse.class).text());
            assertEquals(1, gate.info().refusedByCode().get("UNKNOWN_MESSAGE"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, FrameHeader.MAX_BODY_BYTES + 1, Integer.MAX_VALUE})
    void answersAnImpossibleBodySizeThenCloses(int size) throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WelcomeRequest(1)), Frames.header(100101, size));
            assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
            String text = client.receive(ErrorResponse.class).text();
            assertTrue(text.contains("id=100101 announces a body of " + size + " bytes"), text);
            // What is sent after it does not turn the end into a reset.
            client.send(new byte[10_000]);
            assertTrue(client.isAtEnd());
            client.close();
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.FRAMING_LOST.name()));
        }
    }

    @Test
    void answersABrokenBodyAndGoesOn() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.frame(100101, (byte) 'N', (byte) 1, (byte) 2));
            assertEquals(
                    "The body is malformed: id=100101 field=WelcomeRequest.number offset=0: 2 bytes left, 4 needed.",
                    client.receive(ErrorResponse.class).text());
            client.send(Frames.frame(100101, "N12345".getBytes()));
            assertEquals(
                    "The body is malformed: id=100101 field=(end) offset=4: 1 bytes follow the last field.",
                    client.receive(ErrorResponse.class).text());
            client.send(Frames.of(new WelcomeRequest(3)));
            assertEquals("welcome:3", client.receive(WelcomeResponse.class).text());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void tellsTheClientNothingOfAFault(int kind) throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new TroubleRequest(kind)), Frames.of(new TroubleRequest(0)));
            String text = client.receive(ErrorResponse.class).text();
            assertEquals(
                    "The server made a mistake on this TroubleRequest; it is in the server's log, under connection 1.",
                    text);
            assertEquals(new TroubleResponse(0), client.receive(TroubleResponse.class));
            assertEquals(1, gate.info().refusedByCode().get("FAILED"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5})
    void givesAWorkersRefusalWordForWord(int kind) throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new TroubleRequest(kind)));
            assertEquals(
                    "Somebody was faster.", client.receive(ErrorResponse.class).text());
        }
    }

    @Test
    void refusesBeyondTheQueueInItsSlot() throws IOException {
        try (Gate gate = builder().threads(1).queueCapacity(3).start();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 5; i++) {
                client.send(Frames.of(new HeldRequest(i)));
            }
            client.send(Frames.of(new WelcomeRequest(1)));
            Gate.await(() -> gate.info().refusedByCode().getOrDefault("BUSY", 0L) == 2);
            // All of them: what one read brought after a slow request may be worked behind what the next read brought.
            IntStream.range(0, 3).forEach(i -> held.latch(i).countDown());
            for (int i = 0; i < 3; i++) {
                assertEquals(new HeldResponse(i), client.receive(HeldResponse.class));
            }
            assertTrue(client.receive(ErrorResponse.class).text().contains("try again"));
            assertTrue(client.receive(ErrorResponse.class).text().contains("try again"));
            assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
        }
    }

    @Test
    void answersAllRequestsOfAClientThatHalfCloses() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new HeldRequest(1)), Frames.of(new HeldRequest(2)));
            client.halfClose();
            held.latch(2).countDown();
            held.latch(1).countDown();
            assertEquals(new HeldResponse(1), client.receive(HeldResponse.class));
            assertEquals(new HeldResponse(2), client.receive(HeldResponse.class));
            assertTrue(client.isAtEnd());
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.CLIENT_DONE.name()));
            Gate.await(() -> gate.info().connectionsOpen() == 0);
        }
    }

    @Test
    void closesAfterTheFirstResponseIfConfigured() throws IOException {
        try (Gate gate = builder()
                .limits(TransportLimits.builder().closeAfterResponse(true).build())
                .start()) {
            try (RawClient client = gate.connect()) {
                client.send(Frames.of(new WelcomeRequest(1)), Frames.of(new WelcomeRequest(2)));
                assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
                assertTrue(client.isAtEnd());
            }
            try (RawClient client = gate.connect()) {
                client.send(Frames.of(new HeldRequest(1)));
                held.latch(1).countDown();
                assertEquals(new HeldResponse(1), client.receive(HeldResponse.class));
                assertTrue(client.isAtEnd());
            }
        }
    }

    @Test
    void refusesConnectionsOverTheLimitUntilOneEnds() throws IOException {
        try (Gate gate = builder()
                        .limits(TransportLimits.builder().maxConnections(2).build())
                        .start();
                RawClient first = gate.connect();
                RawClient second = gate.connect()) {
            first.send(Frames.of(new WelcomeRequest(1)));
            second.send(Frames.of(new WelcomeRequest(2)));
            first.receive(WelcomeResponse.class);
            second.receive(WelcomeResponse.class);
            try (RawClient third = gate.connect()) {
                assertTrue(third.receive(ErrorResponse.class).text().contains("2 connections"));
                assertTrue(third.isAtEnd());
            }
            assertEquals(1, gate.info().connectionsRefused());
            first.close();
            Gate.await(() -> gate.info().connectionsOpen() == 1);
            try (RawClient fourth = gate.connect()) {
                fourth.send(Frames.of(new WelcomeRequest(4)));
                assertEquals("welcome:4", fourth.receive(WelcomeResponse.class).text());
            }
        }
    }

    @Test
    void pausesReadingWhileRepliesAreUnread() throws IOException {
        try (Gate gate = builder()
                        .limits(TransportLimits.builder()
                                .maxPipelined(16)
                                .writeTimeout(Duration.ofSeconds(2))
                                .build())
                        .compression(Compression.NONE, 0)
                        .start();
                RawClient client = gate.connect()) {
            client.socket().setSoTimeout(1000);
            byte[] frame = Frames.of(new EchoRequest(new byte[100_000]));
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        client.send(frame);
                    }
                } catch (IOException expected) {
                    // The server closes in the end.
                }
            });
            sender.start();
            Gate.await(() -> gate.info().closedByReason().containsKey(CloseReason.WRITE_STALLED.name()));
            assertTrue(gate.info().readsPaused() > 0);
            // The kernel's buffers hold a few megabytes each way; the rest of the 100 MB was never read.
            assertTrue(gate.info().bytesRead() < 50_000_000, () -> gate.info().bytesRead() + " bytes read");
            Gate.await(() -> !sender.isAlive());
        }
    }

    @Test
    void resumesReadingInOrder() throws IOException {
        try (Gate gate = builder()
                        .limits(TransportLimits.builder().maxPipelined(4).build())
                        .threads(2)
                        .start();
                RawClient client = gate.connect()) {
            byte[][] frames = new byte[20][];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = Frames.of(new HeldRequest(i));
            }
            client.send(Frames.concat(frames));
            Gate.await(() -> gate.info().readsPaused() == 1);
            for (int i = 0; i < frames.length; i++) {
                held.latch(i).countDown();
            }
            for (int i = 0; i < frames.length; i++) {
                assertEquals(new HeldResponse(i), client.receive(HeldResponse.class));
            }
        }
    }

    @Test
    void closesIdleAndStalledConnections() throws IOException {
        TransportLimits limits = TransportLimits.builder()
                .idleTimeout(Duration.ofMillis(300))
                .readTimeout(Duration.ofMillis(300))
                .build();
        try (Gate gate = builder().limits(limits).start();
                RawClient idle = gate.connect();
                RawClient halfHeader = gate.connect();
                RawClient halfBody = gate.connect()) {
            halfHeader.send(new byte[3]);
            halfBody.send(Frames.header(100101, 1000), new byte[5]);
            idle.send(Frames.of(new WelcomeRequest(1)));
            idle.receive(WelcomeResponse.class);
            assertTrue(idle.isAtEnd());
            assertTrue(halfHeader.receive(ErrorResponse.class).text().contains("READ_TIMEOUT"));
            assertTrue(halfHeader.isAtEnd());
            assertTrue(halfBody.receive(ErrorResponse.class).text().contains("READ_TIMEOUT"));
            assertTrue(halfBody.isAtEnd());
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.READ_TIMEOUT.name(), 0L) == 2);
            Gate.await(() -> gate.info().closedByReason().getOrDefault(CloseReason.IDLE.name(), 0L) == 1);
        }
    }

    @Test
    void drainsAnsweringWhatWasAccepted() throws Exception {
        try (Gate gate = builder().start();
                RawClient working = gate.connect();
                RawClient idle = gate.connect()) {
            idle.send(Frames.of(new WelcomeRequest(1)));
            idle.receive(WelcomeResponse.class);
            working.send(Frames.of(new HeldRequest(1)));
            Gate.await(() -> held.latches.containsKey(1));
            List<Integer> left = new ArrayList<>();
            Thread drain = new Thread(() -> left.add(gate.drain(Duration.ofSeconds(20))));
            drain.start();
            assertTrue(idle.isAtEnd());
            idle.close();
            working.send(Frames.of(new TroubleRequest(0)));
            Gate.await(() -> gate.info().refusedByCode().containsKey("DRAINING"));
            held.latch(1).countDown();
            assertEquals(new HeldResponse(1), working.receive(HeldResponse.class));
            assertTrue(working.receive(ErrorResponse.class).text().contains("stopping"));
            assertTrue(working.isAtEnd());
            working.close();
            drain.join(20_000);
            assertEquals(List.of(0), left);
            assertThrows(IOException.class, gate::connect);
        }
    }

    @Test
    void drainsNoLongerThanItsLimit() throws Exception {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new HeldRequest(1)));
            Gate.await(() -> held.latches.containsKey(1));
            assertEquals(1, gate.drain(Duration.ofMillis(200)));
            assertNullOrReset(client);
            held.latch(1).countDown();
        }
    }

    private static void assertNullOrReset(RawClient client) throws IOException {
        try {
            assertNull(client.receive());
        } catch (SocketException reset) {
            // Just as good an end for a client that was cut off.
        }
    }

    @Test
    void survivesResetsAtEveryByteAndKeepsServing() throws IOException {
        byte[] stream = Frames.concat(Frames.of(new WelcomeRequest(1)), Frames.of(new EchoRequest(new byte[30])));
        try (Gate gate = builder().start()) {
            for (int length = 0; length <= stream.length; length++) {
                try (RawClient client = gate.connect()) {
                    client.send(Frames.first(stream, length));
                    client.socket().setSoLinger(true, 0);
                }
            }
            Gate.await(() -> gate.info().connectionsOpened() == stream.length + 1);
            Gate.await(() -> gate.info().connectionsOpen() == 0);
            try (RawClient client = gate.connect()) {
                client.send(Frames.of(new WelcomeRequest(1)));
                assertEquals("welcome:1", client.receive(WelcomeResponse.class).text());
            }
        }
    }
}
