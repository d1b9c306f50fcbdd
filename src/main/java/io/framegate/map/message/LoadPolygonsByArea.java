package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polygons of an area; the answer is {@link Polygons}.
 *
 * @param area the area and the detail
 */
@Message(100401)
public record LoadPolygonsByArea(Area area) {}
