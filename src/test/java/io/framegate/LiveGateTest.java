package io.framegate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.message.Message;
import io.framegate.message.Worker;
import io.framegate.testkit.Frames;
import io.framegate.testkit.Gate;
import io.framegate.testkit.RawClient;
import io.framegate.transport.Listener;
import io.framegate.transport.TransportLimits;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What changes while the gate runs, without a connection lost over it. */
@Timeout(60)
class LiveGateTest {

    /** Waits until the test lets it go. */
    @Message(190401)
    record WaitRequest(int bytes) {}

    @Message(590401)
    record WaitResponse(byte[] bytes) {}

    static final class WaitWorker implements Worker<WaitRequest, WaitResponse> {

        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public WaitResponse process(WaitRequest request) throws InterruptedException {
            assertTrue(go.await(30, TimeUnit.SECONDS));
            return new WaitResponse(new byte[request.bytes()]);
        }
    }

    private final WaitWorker worker = new WaitWorker();

    private Gate.Builder builder() {
        return Gate.builder().worker(WaitRequest.class, WaitResponse.class, worker);
    }

    @Test
    void worksWithMoreAndWithFewerThreads() throws IOException {
        try (Gate gate = builder().threads(1).start();
                RawClient client = gate.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send(Frames.of(new WaitRequest(i)));
            }
            Gate.await(() -> gate.queue().busy() == 1 && gate.queue().outstanding() == 3);
            gate.queue().resize(3, 10);
            worker.go.countDown();
            for (int i = 0; i < 3; i++) {
                assertEquals(i, client.receive(WaitResponse.class).bytes().length);
            }
            gate.queue().resize(1, 10);
            client.send(Frames.of(new WaitRequest(5)));
            assertEquals(5, client.receive(WaitResponse.class).bytes().length);
        }
    }

    @Test
    void startsMissingThreadsLive() throws IOException {
        try (Gate gate = builder().threads(2).start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WaitRequest(1)));
            Gate.await(() -> gate.queue().busy() == 1);
            gate.queue().resize(4, 10);
            for (int i = 0; i < 3; i++) {
                client.send(Frames.of(new WaitRequest(1)));
            }
            Gate.await(() -> gate.queue().busy() == 4);
            worker.go.countDown();
            for (int i = 0; i < 4; i++) {
                client.receive(WaitResponse.class);
            }
        }
    }

    @Test
    void refusesAboveTheNewCapacity() throws IOException {
        try (Gate gate = builder().threads(1).queueCapacity(1).start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WaitRequest(1)));
            Gate.await(() -> gate.queue().outstanding() == 1);
            gate.queue().resize(1, 2);
            client.send(Frames.of(new WaitRequest(2)));
            Gate.await(() -> gate.queue().outstanding() == 2);
            client.send(Frames.of(new WaitRequest(3)));
            Gate.await(() -> gate.info().refusedByCode().getOrDefault("BUSY", 0L) == 1);
            worker.go.countDown();
            assertEquals(1, client.receive(WaitResponse.class).bytes().length);
            assertEquals(2, client.receive(WaitResponse.class).bytes().length);
            assertTrue(client.receive(ErrorResponse.class).text().contains("its 2 requests in work"));
        }
    }

    @Test
    void changesCompressionLive() throws IOException {
        worker.go.countDown();
        try (Gate gate = builder().compression(Compression.NONE, 0).start();
                RawClient client = gate.connect()) {
            assertEquals('N', firstByte(client));
            gate.routes().compress(Compression.ZLIB, 100);
            assertEquals('Z', firstByte(client));
            gate.envelope().change(1 << 20, 9);
            assertEquals('Z', firstByte(client));
            gate.routes().compress(Compression.ZLIB, 100_000);
            assertEquals('N', firstByte(client));
        }
    }

    private static char firstByte(RawClient client) throws IOException {
        client.send(Frames.of(new WaitRequest(5_000)));
        byte[] reply = Objects.requireNonNull(client.receive());
        assertArrayEquals(
                new byte[5_000], Frames.message(reply, WaitResponse.class).bytes());
        return (char) reply[8];
    }

    @Test
    void refusesLargerBodiesOnAnOpenConnection() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WelcomeRequest(1)));
            client.receive(WelcomeResponse.class);
            gate.listener().changeLimits(limits(4, 10));
            client.send(Frames.frame(100101, new byte[5]));
            assertTrue(client.receive(ErrorResponse.class).text().contains("which must be 1 to 4"));
        }
    }

    @Test
    void resumesReadingWhereTheLimitsAreWider() throws IOException {
        try (Gate gate = builder().threads(4).limits(limits(1000, 1)).start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WaitRequest(1)), Frames.of(new WaitRequest(2)), Frames.of(new WaitRequest(3)));
            Gate.await(() -> gate.listener().connections().stream().anyMatch(Listener.View::paused));
            assertEquals(1, gate.queue().outstanding());
            gate.listener().changeLimits(limits(1000, 10));
            Gate.await(() -> gate.queue().outstanding() == 3);
            worker.go.countDown();
            for (int i = 1; i <= 3; i++) {
                assertEquals(i, client.receive(WaitResponse.class).bytes().length);
            }
        }
    }

    @Test
    void pauseRejectsNewConnectionsOnly() throws IOException {
        try (Gate gate = builder().start();
                RawClient open = gate.connect()) {
            open.send(Frames.of(new WelcomeRequest(1)));
            open.receive(WelcomeResponse.class);
            gate.listener().pause();
            try (RawClient late = gate.connect()) {
                assertTrue(late.receive(ErrorResponse.class).text().contains("takes no new connections"));
                assertTrue(late.isAtEnd());
            }
            open.send(Frames.of(new WelcomeRequest(2)));
            assertEquals("welcome:2", open.receive(WelcomeResponse.class).text());
            gate.listener().resume();
            try (RawClient late = gate.connect()) {
                late.send(Frames.of(new WelcomeRequest(3)));
                assertEquals("welcome:3", late.receive(WelcomeResponse.class).text());
            }
        }
    }

    @Test
    void answersWhatWasReadBeforeItDrainsAConnection() throws IOException {
        try (Gate gate = builder().start();
                RawClient client = gate.connect()) {
            client.send(Frames.of(new WaitRequest(7)));
            Gate.await(() -> gate.queue().busy() == 1);
            gate.listener().drainConnections();
            worker.go.countDown();
            assertEquals(7, client.receive(WaitResponse.class).bytes().length);
            assertTrue(client.isAtEnd());
            try (RawClient next = gate.connect()) {
                next.send(Frames.of(new WelcomeRequest(3)));
                assertEquals("welcome:3", next.receive(WelcomeResponse.class).text());
            }
        }
    }

    @Test
    void listsTheOldestConnectionsWhereThereAreMore() throws IOException {
        try (Gate gate = builder().start();
                RawClient first = gate.connect();
                RawClient second = gate.connect();
                RawClient third = gate.connect();
                RawClient fourth = gate.connect()) {
            Gate.await(() -> gate.listener().connectionCount() == 4);
            assertEquals(List.of(1L, 2L), ids(gate.listener().connections(2)));
            first.close();
            Gate.await(() -> gate.listener().connectionCount() == 3);
            assertEquals(List.of(2L, 3L), ids(gate.listener().connections(2)));
            assertEquals(List.of(2L, 3L, 4L), ids(gate.listener().connections()));
            assertEquals(List.of(), ids(gate.listener().connections(0)));
        }
    }

    private static List<Long> ids(List<Listener.View> connections) {
        return connections.stream().map(Listener.View::id).toList();
    }

    @Test
    void closesTheConnectionThatAnOperatorNames() throws IOException {
        try (Gate gate = builder().start();
                RawClient kept = gate.connect();
                RawClient closed = gate.connect()) {
            kept.send(Frames.of(new WelcomeRequest(1)));
            kept.receive(WelcomeResponse.class);
            closed.send(Frames.of(new WelcomeRequest(2)));
            closed.receive(WelcomeResponse.class);
            // The reply can be here before the gate has counted it.
            Gate.await(() -> gate.listener().connections().stream().allMatch(view -> view.bytesWritten() > 0));
            Listener.View last = gate.listener().connections().get(1);
            assertEquals(1, last.requests());
            assertEquals(100101, last.lastMessageId());
            assertTrue(last.bytesRead() > 0);
            assertTrue(gate.listener().close(last.id()));
            assertFalse(gate.listener().close(last.id()));
            assertTrue(closed.isAtEnd());
            assertEquals(1, gate.info().closedByReason().get("CLOSED_BY_OPERATOR"));
            kept.send(Frames.of(new WelcomeRequest(3)));
            assertEquals("welcome:3", kept.receive(WelcomeResponse.class).text());
        }
    }

    private static TransportLimits limits(int maxBodyBytes, int maxPipelined) {
        return TransportLimits.builder()
                .maxBodyBytes(maxBodyBytes)
                .maxPipelined(maxPipelined)
                .build();
    }
}
