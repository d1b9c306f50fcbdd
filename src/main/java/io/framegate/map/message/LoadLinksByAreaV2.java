package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the links of an area, part by part; the answer is {@link LinksV2}.
 *
 * @param area the area and the detail
 * @param page how much, and which part
 */
@Message(100602)
public record LoadLinksByAreaV2(Area area, PageRequest page) {}
