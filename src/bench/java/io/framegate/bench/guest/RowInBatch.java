package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * What one column of the row holds.
 *
 * @param balance of the account
 */
@Message(RowInBatch.ID)
public record RowInBatch(int balance) {

    public static final int ID = 570601;
}
