package io.framegate.map.start;

import java.util.Locale;

/**
 * How the map is doing since the start.
 *
 * @param state what goes on
 * @param words more of it, for a person: how far a load is, or why it failed; may be empty
 * @param links how many of them the data set that is served has; 0 unless ready
 * @param nodes as links
 * @param polygons as links
 * @param polylines as links
 * @param passInfos turn rules, as links
 * @param polygons3D buildings with heights, as links
 * @param heights3D lines with heights, as links
 */
public record MapStatus(
        State state,
        String words,
        long links,
        long nodes,
        long polygons,
        long polylines,
        long passInfos,
        long polygons3D,
        long heights3D) {

    /** A status without features. */
    static MapStatus of(State state, String words) {
        return new MapStatus(state, words, 0, 0, 0, 0, 0, 0, 0);
    }

    /** What goes on, in this order. */
    public enum State {
        WAITING_FOR_DATABASE,
        MIGRATING,
        LOADING,
        READY,
        /** Nothing more is tried: the database has another schema, or the file cannot be loaded. */
        FAILED;

        /** For health checks: {@code waiting-for-database}. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
