package io.framegate.map.message;

import io.framegate.message.Message;

/**
 * Asks for the links of an area; the answer is {@link Links}.
 *
 * @param area the area and the detail
 */
@Message(100601)
public record LoadLinksByArea(Area area) {}
