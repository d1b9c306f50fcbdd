package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolygonsByAreaV2} and {@link LoadPolygonsByMapIdV2}.
 *
 * @param polygons each as in version 1, in no particular order
 * @param end why there are no more, and how to go on
 */
@Message(500402)
public record PolygonsV2(RecordList<Polygon> polygons, PageEnd end) {}
