package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the links of a map sheet; the answer is {@link Links}.
 *
 * @param sheet the map sheet and the detail
 */
@Message(100701)
public record LoadLinksByMapId(Sheet sheet) {}
