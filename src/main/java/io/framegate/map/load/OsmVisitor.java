package io.framegate.map.load;

import java.util.List;
import java.util.Map;

/**
 * Is told the elements of an {@link OsmFile} in the file's order: by convention nodes, then ways, then relations.
 *
 * <p>Tags are keys and values as they are in the file. A visitor leaves alone what it is not interested in.
 */
interface OsmVisitor {

    /**
     * A node.
     *
     * @param longitudeE7 1e-7 degree
     * @param latitudeE7 1e-7 degree
     */
    default void node(long id, int longitudeE7, int latitudeE7, Map<String, String> tags) {}

    /**
     * A way.
     *
     * @param nodes the ids of its nodes, in order
     */
    default void way(long id, Map<String, String> tags, long[] nodes) throws MapDataException {}

    /**
     * A relation.
     *
     * @param ways the ids of its members that are ways, in order; other members and all roles are left out
     */
    default void relation(long id, Map<String, String> tags, List<Long> ways) {}

    /** What an element holds cannot be taken; the reader adds the position in the file. */
    final class MapDataException extends Exception {

        private static final long serialVersionUID = 1L;

        /**
         * @param fault the rest of a sentence: "way 7 has 5000 pieces"
         */
        MapDataException(String fault) {
            super(fault);
        }

        String fault() {
            return String.valueOf(getMessage());
        }
    }
}
