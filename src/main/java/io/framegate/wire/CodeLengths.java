package io.framegate.wire;

/**
 * The head of a block with codes of its own: the lengths of all codes, themselves coded (RFC 1951, 3.2.7).
 *
 * <pre>
 *  5 bits           symbols of literals and lengths, less 257
 *  5 bits           symbols of distances, less 1
 *  4 bits           lengths that follow, less 4
 *  3 bits each      lengths of the codes below, in an order of which the last are mostly 0
 *  codes            0 … 15 a length, 16 the last one again 3 to 6 times (2 bits), 17 and 18 so many zeros: 3 to 10 (3 bits), 11 to
 *                   138 (7 bits)
 * </pre>
 */
final class CodeLengths {

    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    private static final int MAX_BITS = 7;
    private static final int LEAST_LITERALS = 257;
    private static final int LEAST_DISTANCES = 1;
    private static final int LEAST_LENGTHS = 4;

    private static final int AGAIN = 16;
    private static final int ZEROS = 17;
    private static final int MANY_ZEROS = 18;
    private static final int LEAST_REPEATED = 3;
    private static final int MOST_AGAIN = 6;
    private static final int MOST_ZEROS = 10;
    private static final int LEAST_MANY_ZEROS = 11;
    private static final int MOST_MANY_ZEROS = 138;
    private static final int[] EXTRA_BITS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};

    private final HuffmanCode code = new HuffmanCode(ORDER.length, MAX_BITS);
    private final int[] lengths = new int[DeflateSymbols.LITERALS_AND_LENGTHS + DeflateSymbols.DISTANCES];

    // A symbol, and above it what its extra bits say.
    private final int[] symbols = new int[lengths.length];
    private int symbolCount;
    private int literals;
    private int distances;
    private int ordered;

    /** Takes bits, the lowest first. */
    @FunctionalInterface
    interface Bits {
        void put(long value, int count);
    }

    /** Makes the head for two codes. */
    void of(HuffmanCode ofLiterals, HuffmanCode ofDistances) {
        literals = Math.max(LEAST_LITERALS, ofLiterals.usedSymbols());
        distances = Math.max(LEAST_DISTANCES, ofDistances.usedSymbols());
        for (int i = 0; i < literals; i++) {
            lengths[i] = HuffmanCode.lengthOf(ofLiterals.codes()[i]);
        }
        for (int i = 0; i < distances; i++) {
            lengths[literals + i] = HuffmanCode.lengthOf(ofDistances.codes()[i]);
        }
        int[] counts = code.clearCounts();
        symbolCount = 0;
        int count = literals + distances;
        for (int at = 0; at < count; ) {
            int same = at + 1;
            while (same < count && lengths[same] == lengths[at]) {
                same++;
            }
            repeated(counts, lengths[at], same - at);
            at = same;
        }
        code.make();
        ordered = ORDER.length;
        while (ordered > LEAST_LENGTHS && code.codes()[ORDER[ordered - 1]] == 0) {
            ordered--;
        }
    }

    private void repeated(int[] counts, int length, int times) {
        int left = times;
        if (length == 0) {
            while (left >= LEAST_REPEATED) {
                int zeros = Math.min(left, MOST_MANY_ZEROS);
                if (zeros <= MOST_ZEROS) {
                    add(counts, ZEROS, zeros - LEAST_REPEATED);
                } else {
                    add(counts, MANY_ZEROS, zeros - LEAST_MANY_ZEROS);
                }
                left -= zeros;
            }
        } else {
            add(counts, length, 0);
            left--;
            while (left >= LEAST_REPEATED) {
                int again = Math.min(left, MOST_AGAIN);
                add(counts, AGAIN, again - LEAST_REPEATED);
                left -= again;
            }
        }
        for (; left > 0; left--) {
            add(counts, length, 0);
        }
    }

    private void add(int[] counts, int symbol, int extra) {
        symbols[symbolCount++] = extra << Byte.SIZE | symbol;
        counts[symbol]++;
    }

    /** How many bits it has. */
    long bits() {
        long bits = 5 + 5 + 4 + 3L * ordered + code.bits();
        for (int symbol = AGAIN; symbol < EXTRA_BITS.length; symbol++) {
            bits += (long) code.count(symbol) * EXTRA_BITS[symbol];
        }
        return bits;
    }

    /** Writes it. */
    void forEachBits(Bits out) {
        out.put(literals - LEAST_LITERALS, 5);
        out.put(distances - LEAST_DISTANCES, 5);
        out.put(ordered - LEAST_LENGTHS, 4);
        for (int i = 0; i < ordered; i++) {
            out.put(HuffmanCode.lengthOf(code.codes()[ORDER[i]]), 3);
        }
        for (int i = 0; i < symbolCount; i++) {
            int symbol = symbols[i] & 0xFF;
            out.put(HuffmanCode.bitsOf(code.codes()[symbol]), HuffmanCode.lengthOf(code.codes()[symbol]));
            out.put(symbols[i] >>> Byte.SIZE, EXTRA_BITS[symbol]);
        }
    }
}
