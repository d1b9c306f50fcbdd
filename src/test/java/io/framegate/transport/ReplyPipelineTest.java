package io.framegate.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplyPipelineTest {

    private static final byte[] A = {1};
    private static final byte[] B = {2};
    private static final byte[] C = {3};

    private final ReplyPipeline pipeline = new ReplyPipeline(8, 100, new ByteBudget());

    @Test
    void pollsInSlotOrder() {
        long a = pipeline.take();
        long b = pipeline.take();
        long c = pipeline.take();
        pipeline.fill(c, C, 1);
        assertFalse(pipeline.beginWrite());
        pipeline.fill(b, B, 1);
        assertFalse(pipeline.beginWrite());
        pipeline.fill(a, A, 1);
        assertTrue(pipeline.beginWrite());
        assertArrayEquals(A, pipeline.poll());
        assertArrayEquals(B, pipeline.poll());
        assertArrayEquals(C, pipeline.poll());
        assertNull(pipeline.poll());
        assertTrue(pipeline.endWrite());
        assertTrue(pipeline.isEmpty());
    }

    @Test
    void hasOneWriterAtATime() {
        long a = pipeline.take();
        long b = pipeline.take();
        pipeline.fill(a, A, 1);
        assertTrue(pipeline.beginWrite());
        assertFalse(pipeline.beginWrite());
        assertArrayEquals(A, pipeline.poll());
        assertNull(pipeline.poll());
        pipeline.fill(b, B, 1);
        assertFalse(pipeline.beginWrite());
        assertFalse(pipeline.endWrite());
        assertArrayEquals(B, pipeline.poll());
        assertTrue(pipeline.endWrite());
    }

    @Test
    void isFullBySlotsUntilHalfEmpty() {
        for (int i = 0; i < 8; i++) {
            assertFalse(pipeline.isFull());
            assertEquals(i, pipeline.takeIfRoom());
        }
        assertTrue(pipeline.isFull());
        assertEquals(ReplyPipeline.FULL, pipeline.takeIfRoom());
        for (long slot = 0; slot < 3; slot++) {
            pipeline.fill(slot, A, 1);
        }
        assertTrue(pipeline.beginWrite());
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(A, pipeline.poll());
        }
        assertNull(pipeline.poll());
        assertFalse(pipeline.hasRoom());
        pipeline.fill(3L, B, 1);
        assertArrayEquals(B, pipeline.poll());
        assertTrue(pipeline.hasRoom());
        assertEquals(4, pipeline.inFlight());
    }

    @Test
    void isFullByBytesUntilTheyAreWritten() {
        pipeline.fill(pipeline.take(), A, 101);
        assertTrue(pipeline.isFull());
        assertTrue(pipeline.beginWrite());
        pipeline.poll();
        assertTrue(pipeline.isFull());
        pipeline.written(51);
        assertTrue(pipeline.hasRoom());
        assertEquals(50, pipeline.pendingBytes());
    }

    @Test
    void refusesAPlaceThatIsNotOpen() {
        assertThrows(IllegalStateException.class, () -> pipeline.fill(0, A, 1));
        long a = pipeline.take();
        pipeline.fill(a, A, 1);
        assertThrows(IllegalStateException.class, () -> pipeline.fill(a, B, 1));
    }

    @Test
    void endsOnlyWhenEmpty() {
        long a = pipeline.take();
        assertFalse(pipeline.endIfEmpty());
        pipeline.fill(a, A, 1);
        assertTrue(pipeline.beginWrite());
        pipeline.poll();
        assertFalse(pipeline.endIfEmpty());
        assertTrue(pipeline.endWrite());
        assertTrue(pipeline.endIfEmpty());
        assertEquals(ReplyPipeline.NONE, pipeline.take());
    }

    @Test
    void forgetsEverythingWhenAbandoned() {
        long a = pipeline.take();
        pipeline.take();
        pipeline.fill(a, A, 1);
        pipeline.abandon();
        assertFalse(pipeline.beginWrite());
        pipeline.fill(a, A, 1);
        assertEquals(0, pipeline.inFlight());
        assertFalse(pipeline.isFull());
    }

    @Test
    void losesAndReordersNothingBetweenManyThreads() throws Exception {
        int rounds = 2000;
        int batch = 64;
        ReplyPipeline shared = new ReplyPipeline(batch, Integer.MAX_VALUE, new ByteBudget());
        List<Integer> written = Collections.synchronizedList(new ArrayList<>());
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Random random = new Random(5);
        int next = 0;
        for (int round = 0; round < rounds; round++) {
            List<Runnable> fills = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                while (shared.isFull()) {
                    Thread.onSpinWait();
                }
                int number = next++;
                long slot = shared.take();
                byte[] frame = {(byte) (number >> 16), (byte) (number >> 8), (byte) number};
                fills.add(() -> {
                    shared.fill(slot, frame, 3);
                    writeAll(shared, written);
                });
            }
            Collections.shuffle(fills, random);
            fills.forEach(threads::execute);
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
        assertEquals(next, written.size());
        for (int i = 0; i < next; i++) {
            assertEquals(i, written.get(i));
        }
        assertTrue(shared.isEmpty());
    }

    private static void writeAll(ReplyPipeline pipeline, List<Integer> written) {
        if (!pipeline.beginWrite()) {
            return;
        }
        do {
            for (byte[] frame = pipeline.poll(); frame != null; frame = pipeline.poll()) {
                written.add((frame[0] & 0xFF) << 16 | (frame[1] & 0xFF) << 8 | frame[2] & 0xFF);
                pipeline.written(3);
            }
        } while (!pipeline.endWrite());
    }

    @Test
    void repliesWithRequestIdsLeaveAsFilled() {
        pipeline.fill(pipeline.take(), A, 1);
        pipeline.useRequestIds();
        for (int i = 0; i < 7; i++) {
            pipeline.take();
        }
        pipeline.fill(17, C, 1);
        pipeline.fill(-3, B, 1);
        assertTrue(pipeline.beginWrite());
        assertArrayEquals(A, pipeline.poll());
        assertFalse(pipeline.hasRequestId());
        assertArrayEquals(C, pipeline.poll());
        assertTrue(pipeline.hasRequestId());
        assertEquals(17, pipeline.requestId());
        assertArrayEquals(B, pipeline.poll());
        assertEquals(-3, pipeline.requestId());
        assertNull(pipeline.poll());
        assertTrue(pipeline.endWrite());
        assertEquals(5, pipeline.inFlight());
        // 3 replies of one byte, 2 of them with an id of 4 bytes.
        assertEquals(11, pipeline.pendingBytes());
    }

    @Test
    void refusesAReplyWithoutAnOpenRequest() {
        pipeline.useRequestIds();
        pipeline.take();
        pipeline.fill(1, A, 1);
        assertThrows(IllegalStateException.class, () -> pipeline.fill(2, B, 1));
    }

    @Test
    void takesNoticesAsLongAsThereIsRoom() {
        for (int i = 0; i < 8; i++) {
            assertTrue(pipeline.push(A, 1));
        }
        assertFalse(pipeline.push(A, 1));
        assertTrue(pipeline.beginWrite());
        assertArrayEquals(A, pipeline.poll());
        assertTrue(pipeline.push(B, 1));
        pipeline.abandon();
        assertFalse(pipeline.push(B, 1));
    }

    @Test
    void keepsRequestIdsWhenTheRingGrows() {
        ReplyPipeline large = new ReplyPipeline(1000, 1_000_000, new ByteBudget());
        large.useRequestIds();
        Random random = new Random(7);
        int next = 0;
        int expected = 0;
        for (int round = 0; round < 2000; round++) {
            for (int i = random.nextInt(10); i > 0 && !large.isFull(); i--) {
                large.take();
                large.fill(next, new byte[] {(byte) next}, 1);
                next++;
            }
            if (large.beginWrite()) {
                for (int i = random.nextInt(12); i > 0; i--) {
                    byte[] frame = large.poll();
                    if (frame == null) {
                        break;
                    }
                    assertEquals(expected, large.requestId());
                    assertEquals((byte) expected, frame[0]);
                    expected++;
                }
                while (!large.endWrite()) {
                    assertEquals((byte) expected++, large.poll()[0]);
                }
            }
        }
        assertTrue(expected > 5000, "only " + expected);
    }
}
