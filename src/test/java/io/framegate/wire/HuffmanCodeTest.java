package io.framegate.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HuffmanCodeTest {

    private static final int SYMBOLS = 286;

    @Test
    void isAsShortAsCodesCanBe() {
        Random random = new Random(21);
        HuffmanCode code = new HuffmanCode(SYMBOLS, HuffmanCode.MAX_BITS);
        for (int used : new int[] {2, 3, 10, 100, SYMBOLS}) {
            int[] counts = code.clearCounts();
            PriorityQueue<Long> weights = new PriorityQueue<>();
            for (int symbol = 0; symbol < used; symbol++) {
                counts[symbol] = 1 + random.nextInt(1000);
                weights.add((long) counts[symbol]);
            }
            code.make();
            requireComplete(code, HuffmanCode.MAX_BITS);
            // What a tree costs is the sum of its inner nodes' weights.
            long least = 0;
            while (weights.size() > 1) {
                long node = weights.poll() + weights.poll();
                least += node;
                weights.add(node);
            }
            assertEquals(least, code.bits());
        }
    }

    @Test
    void keepsToItsLimit() {
        for (int maxBits : new int[] {5, 7, 15}) {
            HuffmanCode code = new HuffmanCode(30, maxBits);
            int[] counts = code.clearCounts();
            counts[0] = 1;
            counts[1] = 1;
            for (int symbol = 2; symbol < 30; symbol++) {
                counts[symbol] = counts[symbol - 1] + counts[symbol - 2];
            }
            code.make();
            requireComplete(code, maxBits);
            int commonest = HuffmanCode.lengthOf(code.codes()[29]);
            for (int each : code.codes()) {
                assertTrue(commonest <= HuffmanCode.lengthOf(each));
            }
        }
    }

    @Test
    void hasTwoSymbolsWhereOneComes() {
        for (int only : new int[] {0, 1, 29}) {
            HuffmanCode code = new HuffmanCode(30, HuffmanCode.MAX_BITS);
            code.clearCounts()[only] = 5;
            code.make();
            requireComplete(code, 1);
            assertEquals(5, code.bits());
        }
    }

    @Test
    void isEmptyWhereNothingComes() {
        HuffmanCode code = new HuffmanCode(30, HuffmanCode.MAX_BITS);
        code.clearCounts();
        code.make();
        assertEquals(0, code.usedSymbols());
        assertEquals(0, code.bits());
    }

    /** No code begins with another, and none is left over. */
    private static void requireComplete(HuffmanCode code, int maxBits) {
        double room = 0;
        for (int symbol = 0; symbol < code.usedSymbols(); symbol++) {
            int length = HuffmanCode.lengthOf(code.codes()[symbol]);
            assertTrue(length <= maxBits, () -> length + " bits");
            if (length > 0) {
                room += Math.pow(2, -length);
                for (int other = 0; other < symbol; other++) {
                    int shorter = Math.min(length, HuffmanCode.lengthOf(code.codes()[other]));
                    long beginning = (1L << shorter) - 1;
                    assertTrue(
                            shorter == 0
                                    || (HuffmanCode.bitsOf(code.codes()[symbol]) & beginning)
                                            != (HuffmanCode.bitsOf(code.codes()[other]) & beginning),
                            symbol + " and " + other);
                }
            }
        }
        assertEquals(1, room);
    }
}
