package io.framegate.map.message;

import io.framegate.message.Message;
import io.framegate.message.RecordList;

/**
 * The answer to {@link LoadPolygonsByArea} and {@link LoadPolygonsByMapId}.
 *
 * @param polygons in no particular order
 */
@Message(500401)
public record Polygons(RecordList<Polygon> polygons) {}
