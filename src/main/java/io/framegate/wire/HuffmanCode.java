package io.framegate.wire;

import java.util.Arrays;

/**
 * A canonical prefix code of limited length, made of how often each symbol comes (RFC 1951, 3.2.2). Used again and again: counts
 * first, then {@link #make}, then codes.
 */
final class HuffmanCode {

    /** What literals, lengths and distances may have. */
    static final int MAX_BITS = 15;

    /** A code in an int: its bits, the first to be written lowest, above its length. */
    private static final int LENGTH_BITS = 5;

    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private final int maxBits;
    private final int[] counts;
    private final int[] codes;

    // A count above its symbol, so that they can be sorted.
    private final long[] byCount;

    // Of the tree: its leaves, then its inner nodes in the order in which they are made.
    private final long[] weights;
    private final int[] parents;
    private final int[] depths;

    HuffmanCode(int symbols, int maxBits) {
        this.maxBits = maxBits;
        this.counts = new int[symbols];
        this.codes = new int[symbols];
        this.byCount = new long[symbols];
        this.weights = new long[2 * symbols];
        this.parents = new int[2 * symbols];
        this.depths = new int[2 * symbols];
    }

    /** How often each symbol comes: none, to be counted up by the caller. */
    int[] clearCounts() {
        Arrays.fill(counts, 0);
        return counts;
    }

    int count(int symbol) {
        return counts[symbol];
    }

    /** By symbol, to be taken apart by {@link #bitsOf} and {@link #lengthOf}; 0 for one that does not come. */
    int[] codes() {
        return codes;
    }

    static long bitsOf(int code) {
        return code >>> LENGTH_BITS;
    }

    static int lengthOf(int code) {
        return code & LENGTH_MASK;
    }

    /** The symbols up to the last that has a code. */
    int usedSymbols() {
        int used = codes.length;
        while (used > 0 && codes[used - 1] == 0) {
            used--;
        }
        return used;
    }

    /** Bits of all symbols that were counted. */
    long bits() {
        long bits = 0;
        for (int symbol = 0; symbol < codes.length; symbol++) {
            bits += (long) counts[symbol] * lengthOf(codes[symbol]);
        }
        return bits;
    }

    /** Makes the code of what was counted. One has at least two symbols, since not every reader takes less. */
    void make() {
        Arrays.fill(codes, 0);
        int used = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            if (counts[symbol] > 0) {
                byCount[used++] = (long) counts[symbol] << Integer.SIZE | symbol;
            }
        }
        if (used == 1) {
            byCount[used++] = (int) byCount[0] == 0 ? 1 : 0;
        }
        if (used > 0) {
            Arrays.sort(byCount, 0, used);
            number(used, limited(depths(used), used));
        }
    }

    /** Huffman's tree: the two that come least become one, again and again. @return how deep each leaf is, in their order */
    private int[] depths(int used) {
        for (int i = 0; i < used; i++) {
            weights[i] = byCount[i] >>> Integer.SIZE;
        }
        int leaf = 0;
        int inner = used;
        int root = 2 * used - 2;
        for (int node = used; node <= root; node++) {
            weights[node] = 0;
            for (int child = 0; child < 2; child++) {
                int least = leaf < used && (inner == node || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
                weights[node] += weights[least];
                parents[least] = node;
            }
        }
        depths[root] = 0;
        for (int node = root - 1; node >= 0; node--) {
            depths[node] = depths[parents[node]] + 1;
        }
        return depths;
    }

    /**
     * How many codes there are of each length. Those too long become as long as they may be, which is too many of them; then a
     * shorter one at a time is lengthened and has one of them beside it, until all have room.
     */
    private int[] limited(int[] leafDepths, int used) {
        int[] ofLength = new int[maxBits + 1];
        int room = 1 << maxBits;
        for (int i = 0; i < used; i++) {
            int length = Math.min(leafDepths[i], maxBits);
            ofLength[length]++;
            room -= 1 << maxBits - length;
        }
        while (room < 0) {
            int length = maxBits - 1;
            while (ofLength[length] == 0) {
                length--;
            }
            ofLength[length]--;
            ofLength[length + 1] += 2;
            ofLength[maxBits]--;
            room++;
        }
        return ofLength;
    }

    /** Gives the shortest codes to what comes most; those of a length are numbered by symbol. */
    private void number(int used, int[] ofLength) {
        int next = used;
        for (int length = 1; length <= maxBits; length++) {
            for (int i = 0; i < ofLength[length]; i++) {
                codes[(int) byCount[--next]] = length;
            }
        }
        int[] numbers = new int[maxBits + 1];
        for (int length = 1; length < maxBits; length++) {
            numbers[length + 1] = numbers[length] + ofLength[length] << 1;
        }
        for (int symbol = 0; symbol < codes.length; symbol++) {
            int length = codes[symbol];
            if (length > 0) {
                int reversed = Integer.reverse(numbers[length]++) >>> Integer.SIZE - length;
                codes[symbol] = reversed << LENGTH_BITS | length;
            }
        }
    }
}
