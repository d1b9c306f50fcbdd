package io.framegate.map.message;

import io.framegate.message.Refusal;

/**
 * Where, and how much of it: the body of every request by area.
 *
 * <pre>
 *  offset size field
 *       0    4 ellipsoid  int32: {@link Ellipsoid}, the datum of the four coordinates, and of those in the answer
 *       4    4 loadType   int32: 0 … 20: 0 for everything, else a zoom level: features whose {@code minZoom} is no more
 *       8    8 west       float64: degrees, −180 … 180, less than {@code east}
 *      16    8 south      float64: degrees, −90 … 90, less than {@code north}
 *      24    8 east       float64: degrees, −180 … 180
 *      32    8 north      float64: degrees, −90 … 90
 * </pre>
 *
 * A feature belongs to the area when its bounding box touches it. An area on Bessel 1841 is first put into the smallest
 * one on WGS 84 that has its corners in it, so at its edges the answer may have features that are some metres outside.
 */
public record Area(Ellipsoid ellipsoid, int loadType, double west, double south, double east, double north) {

    /** Everything, whatever its zoom level. */
    public static final int EVERYTHING = 0;

    /** The largest zoom level. */
    public static final int MAX_LOAD_TYPE = 20;

    public Area {
        checkLoadType(loadType);
        // Written so that NaN fails too.
        if (!(west >= -180 && east <= 180 && west < east)) {
            throw invalid("West and east must be degrees from -180 to 180, west before east; they are " + west + " and "
                    + east + ".");
        }
        if (!(south >= -90 && north <= 90 && south < north)) {
            throw invalid("South and north must be degrees from -90 to 90, south before north; they are " + south
                    + " and " + north + ".");
        }
    }

    static void checkLoadType(int loadType) {
        if (loadType < EVERYTHING || loadType > MAX_LOAD_TYPE) {
            throw invalid("The load type must be 0 for everything, or a zoom level from 1 to " + MAX_LOAD_TYPE
                    + "; it is " + loadType + ".");
        }
    }

    private static Refusal invalid(String sentence) {
        return new Refusal(Refusal.Code.INVALID, sentence);
    }
}
