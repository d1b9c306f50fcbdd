package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Compression;
import io.framegate.metrics.GateMetrics;
import io.framegate.session.Sender;
import io.framegate.session.ServerCapabilities;
import io.framegate.session.Session;
import io.framegate.welcome.WelcomeWorker;
import io.framegate.wire.FrameHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskTest {

    private static final Sender SENDER = session().sender();
    private static final int WELCOME = 100101;
    private static final Route<?, ?> ROUTE = route();
    private static final Route<?, ?> OTHER = route();

    private byte[] read = new byte[0];

    private static Route<?, ?> route() {
        return Routes.of(List.of(Routes.Found.of(new WelcomeWorker())), Compression.NONE, 8192, new GateMetrics())
                .find(WELCOME);
    }

    private static Session session() {
        return new Session(
                new ServerCapabilities("test", 1, 1, false, Set.of()),
                1,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                Optional.empty(),
                notice -> false);
    }

    /** Appends a frame to what was read. @return where its body begins */
    private int frame(boolean withId, int requestId, byte... body) {
        int at = read.length;
        int bodyAt = at + FrameHeader.headerBytes(withId);
        byte[] all = Arrays.copyOf(read, bodyAt + body.length);
        FrameHeader.put(all, at, 1, body.length);
        if (withId) {
            FrameHeader.put(all, at + FrameHeader.BYTES - FrameHeader.BODY_SIZE_OFFSET, body.length, requestId);
        }
        System.arraycopy(body, 0, all, bodyAt, body.length);
        read = all;
        return bodyAt;
    }

    private static Task work(byte[] bytes, long slot, int offset, int length) {
        return new Task(ROUTE, null, SENDER, slot, bytes, offset, length);
    }

    private static byte[] body(Task work) {
        return Arrays.copyOfRange(work.bytes, work.offset, work.offset + work.length);
    }

    @Test
    void keepsItsRequestsWhenTheBufferIsReused() {
        int first = frame(false, 0, (byte) 1);
        int second = frame(false, 0, (byte) 2, (byte) 3);
        int third = frame(false, 0, (byte) 4);
        Task work = work(read, 7, first, 1);
        assertTrue(work.add(ROUTE, SENDER, 8, read, second, 2));
        assertTrue(work.add(ROUTE, SENDER, 9, read, third, 1));
        work.keep();
        Arrays.fill(read, (byte) -1);
        assertArrayEquals(new byte[] {1}, body(work));
        assertEquals(7, work.slot);
        assertSame(work, work.rest());
        assertArrayEquals(new byte[] {2, 3}, body(work));
        assertEquals(8, work.slot);
        assertSame(work, work.rest());
        assertArrayEquals(new byte[] {4}, body(work));
        assertEquals(9, work.slot);
        assertNull(work.rest());
    }

    @Test
    void givesTheIdsOfRequestsThatHaveSome() {
        int first = frame(true, 100, (byte) 1);
        int second = frame(true, -5, (byte) 2);
        int third = frame(true, 33, (byte) 3);
        Task work = work(read, 100, first, 1);
        assertTrue(work.add(ROUTE, SENDER, -5, read, second, 1));
        assertTrue(work.add(ROUTE, SENDER, 33, read, third, 1));
        work.keep();
        work.rest();
        assertEquals(-5, work.slot);
        work.rest();
        assertEquals(33, work.slot);
        assertArrayEquals(new byte[] {3}, body(work));
    }

    @Test
    void goesOnWithTheNextOfTheChain() {
        int first = frame(false, 0, (byte) 1);
        Task work = work(read, 0, first, 1);
        work.next = new Task(OTHER, null, null, 1, new byte[] {2});
        work.keep();
        Task rest = work.rest();
        assertSame(OTHER, rest.route);
        assertNull(rest.rest());
    }

    @Test
    void addsOnlyWhatCameRightBehind() {
        int first = frame(false, 0, (byte) 1);
        int between = frame(false, 0, (byte) 2);
        int third = frame(false, 0, (byte) 3);
        Task work = work(read, 0, first, 1);
        assertFalse(work.add(ROUTE, SENDER, 1, read, third, 1), "another frame lies between");
        assertFalse(work.add(OTHER, SENDER, 1, read, between, 1), "it is of another kind");
        assertFalse(work.add(ROUTE, SENDER, 2, read, between, 1), "another place lies between");
        assertFalse(work.add(ROUTE, session().sender(), 1, read, between, 1), "somebody else has sent it");
        assertFalse(work.add(ROUTE, SENDER, 1, read.clone(), between, 1), "it is in another array");
        assertTrue(work.add(ROUTE, SENDER, 1, read, between, 1));
        assertTrue(work.add(ROUTE, SENDER, 2, read, third, 1));
    }

    @Test
    void addsNoneWhoseMemoryIsCounted() {
        byte[] large = new byte[WorkerPool.COUNTED_BODY_BYTES];
        int first = frame(false, 0, (byte) 1);
        int second = frame(false, 0, large);
        int third = frame(false, 0, (byte) 3);
        assertFalse(work(read, 0, first, 1).add(ROUTE, SENDER, 1, read, second, large.length));
        assertFalse(work(read, 1, second, large.length).add(ROUTE, SENDER, 2, read, third, 1));
    }
}
