package io.framegate.map.load;

import io.framegate.map.store.Box;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What the features of a GeoJSON file have to know of each other: a node its links, and heights the feature that they
 * belong to. All is noted first, then taken as the features come. In memory stay the links of the nodes, and 28 bytes for
 * each feature with heights. Not safe for several threads.
 */
final class References {

    private final NodeLinks joined = new NodeLinks();
    private final Outlines buildings = new Outlines();
    private final Outlines links = new Outlines();
    private final Outlines polylines = new Outlines();

    /** Where a feature is, and how many points it has. */
    record Outline(Box bounds, int points) {}

    /** Notes where a link begins and ends. */
    void noteLink(long id, long fromNode, long toNode) {
        joined.add(fromNode, id);
        joined.add(toNode, id);
    }

    /** The links of a node, ascending; each node is asked for once. */
    List<Long> linksOf(long node) {
        return joined.of(node);
    }

    /** Of polygons with heights. */
    Outlines buildings() {
        return buildings;
    }

    /** Of links with heights. */
    Outlines links() {
        return links;
    }

    /** Of polylines with heights. */
    Outlines polylines() {
        return polylines;
    }

    /** Is told that all is noted, before anything is taken. */
    void allNoted() {
        buildings.allNoted();
        links.allNoted();
        polylines.allNoted();
    }

    /** The outlines of one kind of feature. */
    static final class Outlines {

        private static final int EDGES = 4;

        private final LongList wanted = new LongList();
        private final BitSet known = new BitSet();
        private long[] ids = {};
        private int[] edges = {};
        private int[] points = {};

        /** Says that the outline of a feature will be asked for. */
        void note(long id) {
            wanted.add(id);
        }

        private void allNoted() {
            ids = wanted.drainDistinct();
            edges = new int[EDGES * ids.length];
            points = new int[ids.length];
        }

        /** Takes the outline of a feature, if it will be asked for. */
        void take(long id, Box bounds, int pointCount) {
            int index = Arrays.binarySearch(ids, id);
            if (index >= 0) {
                int[] sides = {bounds.west(), bounds.south(), bounds.east(), bounds.north()};
                System.arraycopy(sides, 0, edges, EDGES * index, EDGES);
                points[index] = pointCount;
                known.set(index);
            }
        }

        /** Gives it back; nothing while the feature has not come. */
        Optional<Outline> of(long id) {
            int index = Arrays.binarySearch(ids, id);
            if (index < 0 || !known.get(index)) {
                return Optional.empty();
            }
            int at = EDGES * index;
            return Optional.of(
                    new Outline(new Box(edges[at], edges[at + 1], edges[at + 2], edges[at + 3]), points[index]));
        }
    }
}
