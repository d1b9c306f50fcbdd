package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the turn rules of an area, part by part; the answer is {@link PassInfosV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(101002)
public record LoadPassInfosByAreaV2(Area area, PageRequest page) {}
