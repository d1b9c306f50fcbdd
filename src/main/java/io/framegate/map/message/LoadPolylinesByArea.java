package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the polylines of an area; the answer is {@link Polylines}.
 *
 * @param area the area and the detail
 */
@Message(100201)
public record LoadPolylinesByArea(Area area) {}
