package io.framegate.wire;

/**
 * What the symbols of a deflated block mean (RFC 1951, 3.2.5).
 *
 * <pre>
 *  literals and lengths   0 … 255    a byte
 *                         256        the end of the block
 *                         257 … 285  a match of 3 to 258 bytes
 *  distances              0 … 29     how far back a match is, 1 to 32768
 * </pre>
 *
 * A length or distance is the least one of its symbol and what its extra bits say.
 */
final class DeflateSymbols {

    static final int LITERALS_AND_LENGTHS = 286;
    static final int DISTANCES = 30;
    static final int END_OF_BLOCK = 256;
    static final int MAX_MATCH = 258;

    private static final int FIRST_LENGTH = 257;
    private static final int MIN_MATCH = 3;
    private static final int MAX_DISTANCE_EXTRA = 13;

    private static final short[] SYMBOL_OF_LENGTH = new short[MAX_MATCH + 1];
    private static final int[] LEAST_LENGTH = new int[LITERALS_AND_LENGTHS];
    private static final int[] LENGTH_EXTRA_BITS = new int[LITERALS_AND_LENGTHS];
    private static final int[] LEAST_DISTANCE = new int[DISTANCES];
    private static final int[] DISTANCE_EXTRA_BITS = new int[DISTANCES];

    static {
        int least = MIN_MATCH;
        for (int symbol = FIRST_LENGTH; symbol < LITERALS_AND_LENGTHS; symbol++) {
            // The longest match has a symbol of its own.
            boolean isLast = symbol == LITERALS_AND_LENGTHS - 1;
            LEAST_LENGTH[symbol] = isLast ? MAX_MATCH : least;
            LENGTH_EXTRA_BITS[symbol] = isLast ? 0 : Math.max(0, (symbol - FIRST_LENGTH) / 4 - 1);
            for (int more = 0; more < 1 << LENGTH_EXTRA_BITS[symbol] && least <= MAX_MATCH; more++) {
                SYMBOL_OF_LENGTH[isLast ? MAX_MATCH : least++] = (short) symbol;
            }
        }
        least = 1;
        for (int symbol = 0; symbol < DISTANCES; symbol++) {
            LEAST_DISTANCE[symbol] = least;
            DISTANCE_EXTRA_BITS[symbol] = Math.min(MAX_DISTANCE_EXTRA, Math.max(0, symbol / 2 - 1));
            least += 1 << DISTANCE_EXTRA_BITS[symbol];
        }
    }

    private DeflateSymbols() {}

    static int ofLength(int length) {
        return SYMBOL_OF_LENGTH[length];
    }

    static int leastLength(int symbol) {
        return LEAST_LENGTH[symbol];
    }

    static int extraBitsOfLength(int symbol) {
        return LENGTH_EXTRA_BITS[symbol];
    }

    /** The two highest bits of what is less by one say which: two symbols for each number of bits. */
    static int ofDistance(int distance) {
        int less = distance - 1;
        if (less < 2) {
            return less;
        }
        int highest = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(less);
        return 2 * highest + (less >>> highest - 1 & 1);
    }

    static int leastDistance(int symbol) {
        return LEAST_DISTANCE[symbol];
    }

    static int extraBitsOfDistance(int symbol) {
        return DISTANCE_EXTRA_BITS[symbol];
    }

    /** All extra bits of a block. */
    static long extraBits(HuffmanCode literals, HuffmanCode distances) {
        long bits = 0;
        for (int symbol = FIRST_LENGTH; symbol < LITERALS_AND_LENGTHS; symbol++) {
            bits += (long) literals.count(symbol) * LENGTH_EXTRA_BITS[symbol];
        }
        for (int symbol = 0; symbol < DISTANCES; symbol++) {
            bits += (long) distances.count(symbol) * DISTANCE_EXTRA_BITS[symbol];
        }
        return bits;
    }
}
