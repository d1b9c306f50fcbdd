package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the turn rules of a map sheet; the answer is {@link PassInfos}.
 *
 * @param sheet the map sheet and the detail
 */
@Message(101101)
public record LoadPassInfosByMapId(Sheet sheet) {}
