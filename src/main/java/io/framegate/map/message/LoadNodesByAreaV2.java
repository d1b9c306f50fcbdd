package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the nodes of an area, part by part; the answer is {@link NodesV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(100802)
public record LoadNodesByAreaV2(Area area, PageRequest page) {}
