package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the nodes of a map sheet, part by part; the answer is {@link NodesV2}.
 *
 * @param sheet the map sheet and the detail
 * @param page how much, and which part
 */
@Message(100902)
public record LoadNodesByMapIdV2(Sheet sheet, PageRequest page) {}
