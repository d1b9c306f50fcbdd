package io.framegate.map.message;

/**
 * How high a building, or a part of one, is. Where it stands, the {@link Polygon} of the same id says.
 *
 * <pre>
 *  size field
 *     8 id                int64: that of the {@link Polygon}
 *     4 version           int32: grows with every change
 *     1 part              boolean: a part of a building; the building around it has an entry of its own
 *     4 heightM           float32: from the ground to the top of the roof, in metres
 *     4 heightOrigin      int32: {@link HeightOrigin}
 *     4 minHeightM        float32: from the ground to where it begins, in metres; 0 on the ground
 *     4 minHeightOrigin   int32: {@link HeightOrigin}
 *     2 levels            int16: storeys without those in the roof, to the nearest; 0 where not known
 *     2 minLevel          int16: the first of them, 0 on the ground
 *     4 roofShape         int32: {@link RoofShape}
 *     4 roofHeightM       float32: from the eaves to the top, in metres, part of heightM; 0 where not known
 *     4 roofHeightOrigin  int32: {@link HeightOrigin}
 *     2 roofLevels        int16: storeys in the roof; 0 where not known
 *     1 minZoom           int8: that of the polygon
 * </pre>
 *
 * By their origins, heights are
 *
 * <pre>
 *               MEASURED            LEVELS                                       DEFAULT
 *  heightM      tag height          3 m · building:levels + roofHeightM          minHeightM + 6 m
 *  minHeightM   tag min_height      3 m · building:min_level                     0
 *  roofHeightM  tag roof:height     3 m · roof:levels                            0
 * </pre>
 *
 * A minHeightM that is not below heightM is taken for not known, and so is a roofHeightM that is more than heightM.
 */
public record Polygon3DInfo(
        long id,
        int version,
        boolean part,
        float heightM,
        HeightOrigin heightOrigin,
        float minHeightM,
        HeightOrigin minHeightOrigin,
        short levels,
        short minLevel,
        RoofShape roofShape,
        float roofHeightM,
        HeightOrigin roofHeightOrigin,
        short roofLevels,
        byte minZoom) {}
