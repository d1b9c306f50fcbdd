package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polygons of a map sheet; the answer is {@link Polygons}.
 *
 * @param sheet the map sheet and the detail
 */
@Message(100501)
public record LoadPolygonsByMapId(Sheet sheet) {}
