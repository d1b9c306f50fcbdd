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
     * @param members in order
     */
    default void relation(long id, Map<String, String> tags, List<Member> members) {}

    /**
     * A member of a relation.
     *
     * @param role what it is there for; may be empty
     */
    record Member(MemberType type, long id, String role) {}

    /** What a member is. */
    enum MemberType {
        NODE,
        WAY,
        RELATION
    }

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
