package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the nodes of an area; the answer is {@link Nodes}.
 *
 * @param area the area and the detail
 */
@Message(100801)
public record LoadNodesByArea(Area area) {}
