package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.framegate.message.Compression;
import io.framegate.message.ErrorResponse;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.ServerCapabilities;
import io.framegate.session.Session;
import io.framegate.testkit.Frames;
import io.framegate.transport.FrameHandler;
import io.framegate.welcome.WelcomeRequest;
import io.framegate.welcome.WelcomeResponse;
import io.framegate.welcome.WelcomeWorker;
import io.framegate.wire.Envelope;
import io.framegate.wire.FrameHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Requests that are admitted and then cannot be worked, for want of memory say. */
class GivenUpWorkTest {

    private final Map<Long, String> filled = new TreeMap<>();
    private int flushes;

    private final class Line implements FrameHandler.Replies {

        @Override
        public void fill(long slot, byte[] frame) {
            assertNull(
                    filled.put(slot, Frames.message(frame, ErrorResponse.class).text()));
        }

        @Override
        public boolean defer(long slot, Runnable work) {
            return false;
        }

        @Override
        public void beginBlocking() {
            // Nobody reads.
        }

        @Override
        public void endBlocking() {
            // Nobody reads.
        }

        @Override
        public boolean isAboveHighWatermark() {
            return false;
        }

        @Override
        public void flush() {
            flushes++;
        }

        @Override
        public void useRequestIds() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean push(byte[] frame) {
            return false;
        }
    }

    @Test
    void areAnsweredEachAndCountNoMore() throws Exception {
        GateMetrics info = new GateMetrics();
        WorkerPool queue = new WorkerPool(1, 100);
        Routes routes = Routes.of(
                List.of(new Routes.Found<>(
                        "welcome",
                        WelcomeWorker.class,
                        new WelcomeWorker(),
                        WelcomeRequest.class,
                        WelcomeResponse.class)),
                Compression.NONE,
                8192,
                info);
        Route<?, ?> route = Objects.requireNonNull(routes.find(100101));
        FrameHandler.Replies line = new Line();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        Session session = new Session(
                new ServerCapabilities("test", 1, 1, false, Set.of()), 1, address, Optional.empty(), notice -> false);
        byte[] read = Frames.concat(
                Frames.of(new WelcomeRequest(1)), Frames.of(new WelcomeRequest(2)), Frames.of(new WelcomeRequest(3)));
        int frame = read.length / 3;
        int length = frame - FrameHeader.BYTES;
        byte[] large = new byte[WorkerPool.COUNTED_BODY_BYTES];

        WorkerPool.Admission admission = queue.new Admission();
        for (int bytes : new int[] {length, length, length, large.length}) {
            assertNull(admission.admit(bytes));
        }
        admission.readCompleted();
        assertEquals(4, queue.outstanding());
        // Three that share an array, and one behind them.
        Task chain = new Task(route, line, session.sender(), 10, read, FrameHeader.BYTES, length);
        chain.add(route, session.sender(), 11, read, frame + FrameHeader.BYTES, length);
        chain.add(route, session.sender(), 12, read, 2 * frame + FrameHeader.BYTES, length);
        chain.next = new Task(route, line, session.sender(), 13, large);

        try (Envelope envelope = new Envelope(1 << 20, 1)) {
            queue.giveUp(
                    new RequestProcessor(envelope, new ResponseCache(0), info, ContainerContext.NONE),
                    chain,
                    new OutOfMemoryError("made"));
        }
        assertEquals(Set.of(10L, 11L, 12L, 13L), filled.keySet());
        assertEquals(4, flushes);
        assertEquals(0, queue.outstanding());
        assertEquals(0, queue.requestBytes().used());
        assertEquals(4, route.info().failed());
        queue.close();
    }
}
