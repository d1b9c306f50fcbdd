package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the heights of the lines of an area, part by part; the answer is {@link Height3DInfosV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(101302)
public record LoadHeight3DInfosByAreaV2(Area area, PageRequest page) {}
