package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the turn rules of an area; the answer is {@link PassInfos}.
 *
 * @param area the area and the detail
 */
@Message(101001)
public record LoadPassInfosByArea(Area area) {}
