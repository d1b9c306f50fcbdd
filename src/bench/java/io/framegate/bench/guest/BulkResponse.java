package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * How many they were.
 *
 * @param count of bytes
 */
@Message(BulkResponse.ID)
public record BulkResponse(int count) {

    public static final int ID = 570201;
}
