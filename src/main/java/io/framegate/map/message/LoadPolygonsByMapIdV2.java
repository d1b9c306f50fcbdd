package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polygons of a map sheet, part by part; the answer is {@link PolygonsV2}.
 *
 * @param sheet the map sheet and the detail
 * @param page how much, and which part
 */
@Message(100502)
public record LoadPolygonsByMapIdV2(Sheet sheet, PageRequest page) {}
