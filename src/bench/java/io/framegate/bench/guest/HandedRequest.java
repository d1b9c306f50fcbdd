package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * The welcome's request under another id.
 *
 * @param number comes back in the answer
 */
@Message(HandedRequest.ID)
public record HandedRequest(int number) {

    public static final int ID = 170101;
}
