package io.framegate.map.message;

import io.framegate.message.DeltaEncoded;
import io.framegate.message.Utf8;

/**
 * A piece of road between two nodes, without another junction between them.
 *
 * <pre>
 *  size field
 *     8 id         int64: OpenStreetMap's way · 4096 + the piece's number along the way
 *     4 version    int32: grows with every change
 *     8 fromNode   int64: the id of the {@link Node} where the points begin
 *     8 toNode     int64: the id of the {@link Node} where they end
 *     4 roadClass  int32: {@link RoadClass}
 *     4 direction  int32: {@link Direction}
 *     1 lanes      int8: in both directions together, 0 where not known
 *     2 speedKmh   int16: the limit in km/h, 0 where not known, −1 where there is none
 *     1 layer      int8: −5 … 5, above or below others
 *     1 minZoom    int8: the zoom level from which on it is shown
 *   4+n name       narrow text: the name, else the number of the road; may be empty
 *  4+4n points     int32[]: {@link Points}, 1e-7 degree, at least two
 * </pre>
 */
public record Link(
        long id,
        int version,
        long fromNode,
        long toNode,
        RoadClass roadClass,
        Direction direction,
        byte lanes,
        short speedKmh,
        byte layer,
        byte minZoom,
        @Utf8 String name,
        @DeltaEncoded(2) int[] points) {}
