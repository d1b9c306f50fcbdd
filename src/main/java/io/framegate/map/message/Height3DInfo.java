package io.framegate.map.message;

/**
 * How high each point of a link or polyline is: above the ground, and above the sea where that is known. A line without
 * an entry lies on the ground from end to end, and its elevation is not known.
 *
 * <pre>
 *  size field
 *     8 id            int64: that of the {@link Link} or {@link Polyline}
 *     4 kind          int32: {@link LineKind}, which of the two
 *     4 version       int32: grows with every change
 *     4 levelOrigin   int32: {@link LevelOrigin}
 *     1 level         int8: −5 … 5, of the line itself
 *     1 minZoom       int8: that of the line
 *  4+4n heightsCm     int32[]: above the ground, in centimetres, one for each point of the line
 *  4+4n elevationsCm  int32[]: above the sea, in centimetres, one for each point or none at all; {@value #UNKNOWN} at
 *                     points where it is not known
 * </pre>
 *
 * <b>Heights are derived</b>, never measured: {@value #CM_PER_LEVEL} cm for each level of the line. Only its two ends may
 * differ: where lines of different levels meet, all of them have the height of the level that is farthest from the
 * ground (the upper of two as far). So a bridge is level from end to end, and the roads before and after it climb to it
 * between their last two points.
 *
 * <p><b>Elevations are measured</b> at the points that have the tag {@code ele}, and interpolated along the line between
 * two of these; before the first and after the last they are not known.
 */
public record Height3DInfo(
        long id,
        LineKind kind,
        int version,
        LevelOrigin levelOrigin,
        byte level,
        byte minZoom,
        int[] heightsCm,
        int[] elevationsCm) {

    /** How far one level is above the one below. */
    public static final int CM_PER_LEVEL = 500;

    /** No elevation. */
    public static final int UNKNOWN = Integer.MIN_VALUE;
}
