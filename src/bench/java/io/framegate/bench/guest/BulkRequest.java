package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * Many bytes.
 *
 * @param bytes any
 */
@Message(BulkRequest.ID)
public record BulkRequest(byte[] bytes) {

    public static final int ID = 170201;
}
