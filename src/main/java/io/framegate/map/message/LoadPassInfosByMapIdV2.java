package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the turn rules of a map sheet, part by part; the answer is {@link PassInfosV2}.
 *
 * @param sheet the map sheet and the detail
 * @param page how much, and which part
 */
@Message(101102)
public record LoadPassInfosByMapIdV2(Sheet sheet, PageRequest page) {}
