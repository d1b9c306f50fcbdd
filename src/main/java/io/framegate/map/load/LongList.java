package io.framegate.map.load;

import java.util.Arrays;

/** A growing array of long, for the ids of millions of nodes at eight bytes each. Not safe for several threads. */
final class LongList {

    private static final int FIRST_SIZE = 4;

    private long[] values = {};
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.addExact(size, Math.max(FIRST_SIZE, size / 2)));
        }
        values[size++] = value;
    }

    /** The values in ascending order, each once. The list is empty afterwards. */
    long[] drainDistinct() {
        return drain(1);
    }

    /** The values that are there twice or more, in ascending order, each once. The list is empty afterwards. */
    long[] drainRepeated() {
        return drain(2);
    }

    private long[] drain(int atLeast) {
        Arrays.sort(values, 0, size);
        int kept = 0;
        for (int from = 0, to; from < size; from = to) {
            to = from + 1;
            while (to < size && values[to] == values[from]) {
                to++;
            }
            if (to - from >= atLeast) {
                values[kept++] = values[from];
            }
        }
        long[] drained = Arrays.copyOf(values, kept);
        values = new long[0];
        size = 0;
        return drained;
    }
}
