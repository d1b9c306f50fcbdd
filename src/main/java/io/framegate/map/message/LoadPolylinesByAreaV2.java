package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polylines of an area, part by part; the answer is {@link PolylinesV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(100202)
public record LoadPolylinesByAreaV2(Area area, PageRequest page) {}
