package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the heights of the buildings of an area, part by part; the answer is {@link Polygon3DInfosV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(101202)
public record LoadPolygon3DInfosByAreaV2(Area area, PageRequest page) {}
