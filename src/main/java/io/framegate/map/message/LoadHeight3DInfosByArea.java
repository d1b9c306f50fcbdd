package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the heights of the links and polylines of an area; the answer is {@link Height3DInfos}.
 *
 * @param area the area and the detail
 */
@Message(101301)
public record LoadHeight3DInfosByArea(Area area) {}
