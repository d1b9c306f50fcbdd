package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the heights of the buildings of an area; the answer is {@link Polygon3DInfos}.
 *
 * @param area the area and the detail
 */
@Message(101201)
public record LoadPolygon3DInfosByArea(Area area) {}
