package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the nodes of a map sheet; the answer is {@link Nodes}.
 *
 * @param sheet the map sheet and the detail
 */
@Message(100901)
public record LoadNodesByMapId(Sheet sheet) {}
