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

    /**
     * Where the centre comes in Morton order: the bits of its longitude and latitude in turn, so that what is near in
     * this order is near on the ground (G. M. Morton, IBM, 1966). To be compared as unsigned.
     */
    public long mortonCode() {
        int x = (int) (((long) west + east) / 2) ^ Integer.MIN_VALUE;
        int y = (int) (((long) south + north) / 2) ^ Integer.MIN_VALUE;
        return spread(x) | spread(y) << 1;
    }

    private static long spread(int bits) {
        long x = bits & 0xFFFF_FFFFL;
        x = (x | x << 16) & 0x0000_FFFF_0000_FFFFL;
        x = (x | x << 8) & 0x00FF_00FF_00FF_00FFL;
        x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
        x = (x | x << 2) & 0x3333_3333_3333_3333L;
        return (x | x << 1) & 0x5555_5555_5555_5555L;
    }
}
