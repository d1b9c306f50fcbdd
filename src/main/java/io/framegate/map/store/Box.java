package io.framegate.map.store;

/**
 * The box around a feature, in 1e-7 degree.
 *
 * @param west no more than {@code east}
 * @param south no more than {@code north}
 */
public record Box(int west, int south, int east, int north) {

    /** Around longitudes and latitudes in turn, of at least one point. */
    public static Box of(int[] units) {
        int west = units[0];
        int south = units[1];
        int east = west;
        int north = south;
        for (int i = 2; i < units.length; i += 2) {
            west = Math.min(west, units[i]);
            east = Math.max(east, units[i]);
            south = Math.min(south, units[i + 1]);
            north = Math.max(north, units[i + 1]);
        }
        return new Box(west, south, east, north);
    }

    /** Around both. */
    public Box with(Box other) {
        return new Box(
                Math.min(west, other.west),
                Math.min(south, other.south),
                Math.max(east, other.east),
                Math.max(north, other.north));
    }
}
