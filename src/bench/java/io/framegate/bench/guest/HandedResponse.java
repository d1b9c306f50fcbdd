package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * The welcome's response under another id.
 *
 * @param text {@code welcome:} and the number
 */
@Message(HandedResponse.ID)
public record HandedResponse(String text) {

    public static final int ID = 570101;
}
