package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the links of a map sheet, part by part; the answer is {@link LinksV2}.
 *
 * @param sheet the map sheet and the detail
 * @param page how much, and which part
 */
@Message(100702)
public record LoadLinksByMapIdV2(Sheet sheet, PageRequest page) {}
