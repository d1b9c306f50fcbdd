package io.framegate.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.framegate.message.Refusal;
import io.framegate.transport.ByteBudget;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestHeapTest {

    private static final int FREE = RequestHeap.FREE_BYTES;

    private final ByteBudget budget = new ByteBudget();
    private final RequestHeap heap = new RequestHeap();

    @Test
    void smallRequestsUseNoBudget() {
        heap.begin(budget);
        heap.take(FREE - 1);
        heap.take(1);
        assertEquals(0, budget.used());
        heap.take(1);
        assertEquals(FREE, budget.used());
        heap.take(3 * FREE);
        assertEquals(4 * FREE, budget.used());
        heap.giveBack(2 * FREE);
        assertEquals(2 * FREE, budget.used());
        heap.end();
        assertEquals(0, budget.used());
    }

    @Test
    void distinguishesTemporaryFromPermanentLack() {
        budget.limit(4 * FREE);
        RequestHeap other = new RequestHeap();
        other.begin(budget);
        other.take(4 * FREE);
        heap.begin(budget);
        heap.take(FREE);
        assertEquals(Refusal.Code.BUSY, code(2 * FREE));
        assertEquals(Refusal.Code.TOO_LARGE, code(3 * FREE + 1));
        assertEquals(Refusal.Code.TOO_LARGE, code(1L << 40));
        assertEquals(3 * FREE, budget.used());
        other.end();
        heap.take(2 * FREE);
        heap.end();
        assertEquals(0, budget.used());
    }

    /** Of a batch: another one's share does not make a request too large, and one that fails leaves the rest as it is. */
    @Test
    void holdsARequestToItsOwnShareOnly() {
        budget.limit(4 * FREE);
        heap.begin(budget);
        heap.take(4 * FREE);
        heap.begin(budget);
        assertEquals(Refusal.Code.BUSY, code(2 * FREE));
        heap.giveUp();
        assertEquals(3 * FREE, budget.used());
        heap.begin(budget);
        heap.take(FREE);
        heap.giveUp();
        assertEquals(3 * FREE, budget.used());
        heap.end();
        assertEquals(0, budget.used());
    }

    private Refusal.Code code(long bytes) {
        return assertThrows(Refusal.class, () -> heap.take(bytes)).code();
    }

    @Test
    void holdsAtMostOnePieceMore() {
        Random random = new Random(1);
        budget.limit(1000L * FREE);
        for (int round = 0; round < 1000; round++) {
            long used = 0;
            for (int i = 0; i < 30; i++) {
                heap.begin(budget);
                long bytes = random.nextInt(3 * FREE);
                heap.take(bytes);
                used += bytes;
                if (random.nextInt(3) == 0) {
                    long back = random.nextInt((int) bytes + 1);
                    heap.giveBack(back);
                    used -= back;
                }
                long counted = budget.used();
                assertTrue(counted + FREE >= used && counted <= Math.max(0, used), counted + " for " + used);
            }
            heap.end();
            assertEquals(0, budget.used());
        }
    }
}
