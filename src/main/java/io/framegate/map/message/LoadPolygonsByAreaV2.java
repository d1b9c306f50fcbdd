package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polygons of an area, part by part; the answer is {@link PolygonsV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(100402)
public record LoadPolygonsByAreaV2(Area area, PageRequest page) {}
