package io.framegate.map.load;

import java.util.Arrays;
import java.util.BitSet;

/** Where the nodes are: ids and coordinates in primitive arrays, 16 bytes a node. Not safe for several threads. */
final class NodeTable {

    private final long[] ids;
    private final int[] longitudes;
    private final int[] latitudes;
    private final BitSet located = new BitSet();

    /**
     * @param ids of the nodes that are wanted, ascending
     */
    NodeTable(long[] ids) {
        this.ids = ids;
        this.longitudes = new int[ids.length];
        this.latitudes = new int[ids.length];
    }

    /** Says where a node is; returns whether it is wanted. */
    boolean locate(long id, int longitudeE7, int latitudeE7) {
        int index = Arrays.binarySearch(ids, id);
        if (index < 0) {
            return false;
        }
        longitudes[index] = longitudeE7;
        latitudes[index] = latitudeE7;
        located.set(index);
        return true;
    }

    /** Whether a node was in the file: extracts have ways that lead out of them. */
    boolean knows(long id) {
        int index = Arrays.binarySearch(ids, id);
        return index >= 0 && located.get(index);
    }

    /**
     * Longitudes and latitudes in turn, in 1e-7 degree.
     *
     * @param nodes ids that are all {@linkplain #knows known}
     */
    int[] units(long[] nodes) {
        int[] units = new int[2 * nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            int index = Arrays.binarySearch(ids, nodes[i]);
            units[2 * i] = longitudes[index];
            units[2 * i + 1] = latitudes[index];
        }
        return units;
    }
}
