package io.framegate.map.message;

/**
 * The points of a line in an int32[]: the first as it is, each other as its difference from the one before.
 *
 * <pre>
 *  index  value, in 1e-7 degree
 *      0  longitude of the first point
 *      1  latitude of the first point
 *      2  longitude of the second minus that of the first
 *      3  latitude of the second minus that of the first
 *      …
 * </pre>
 *
 * Half the bytes of float64, exact to OpenStreetMap's own precision, and small numbers, which compress well. A client
 * adds them up as it reads. Differences wrap around like int32 arithmetic does.
 */
public final class Points {

    /** Units in a degree. */
    public static final int UNITS_PER_DEGREE = 10_000_000;

    private Points() {}

    /** The nearest unit to an angle in degrees. */
    public static int units(double degrees) {
        return (int) Math.round(degrees * UNITS_PER_DEGREE);
    }

    /** An angle in degrees. */
    public static double degrees(int units) {
        return (double) units / UNITS_PER_DEGREE;
    }

    /** Turns longitudes and latitudes in turn, in units, into differences: a new array. */
    public static int[] differences(int[] units) {
        int[] differences = units.clone();
        for (int i = units.length - 1; i >= 2; i--) {
            differences[i] -= differences[i - 2];
        }
        return differences;
    }

    /** Adds differences up to longitudes and latitudes in turn, in units: a new array. */
    public static int[] absolute(int[] differences) {
        int[] units = differences.clone();
        for (int i = 2; i < units.length; i++) {
            units[i] += units[i - 2];
        }
        return units;
    }
}
