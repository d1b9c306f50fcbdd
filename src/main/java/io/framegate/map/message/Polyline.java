package io.framegate.map.message;

import io.framegate.message.DeltaEncoded;
import io.framegate.message.Utf8;

/**
 * A line that is no road: railway, river, power line, wall.
 *
 * <pre>
 *  size field
 *     8 id       int64: OpenStreetMap's way
 *     4 version  int32: grows with every change
 *     4 kind     int32: {@link PolylineKind}
 *     1 layer    int8: −5 … 5, above or below others
 *     1 minZoom  int8: the zoom level from which on it is shown
 *   4+n name     narrow text; may be empty
 *  4+4n points   int32[]: {@link Points}, 1e-7 degree, at least two
 * </pre>
 */
public record Polyline(
        long id,
        int version,
        PolylineKind kind,
        byte layer,
        byte minZoom,
        @Utf8 String name,
        @DeltaEncoded(2) int[] points) {}
