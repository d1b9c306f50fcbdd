package io.framegate.map.message;

import io.framegate.message.DeltaEncoded;
import io.framegate.message.Utf8;
import java.util.List;

/**
 * An area: building, water, land use. It may have several parts and holes.
 *
 * <pre>
 *  size field
 *     8 id       int64: OpenStreetMap's way · 2, or its relation · 2 + 1, since these number separately
 *     4 version  int32: grows with every change
 *     4 kind     int32: {@link PolygonKind}
 *     1 layer    int8: −5 … 5, above or below others
 *     1 minZoom  int8: the zoom level from which on it is shown
 *   4+n name     narrow text; may be empty
 *   4+… rings    list of {@link Ring}: an outer ring, its holes, the next outer ring, its holes …
 * </pre>
 */
public record Polygon(
        long id, int version, PolygonKind kind, byte layer, byte minZoom, @Utf8 String name, List<Ring> rings) {

    public Polygon {
        rings = List.copyOf(rings);
    }

    /**
     * A closed line.
     *
     * <pre>
     *  size field
     *     1 hole    boolean: a hole in the last ring that is none
     *  4+4n points  int32[]: {@link Points}, 1e-7 degree, at least three; the first is not repeated at the end
     * </pre>
     *
     * Outer rings run counter-clockwise, holes clockwise.
     */
    public record Ring(boolean hole, @DeltaEncoded(2) int[] points) {}
}
