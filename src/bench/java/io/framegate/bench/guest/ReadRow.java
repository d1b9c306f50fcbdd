package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * Asks for one row by its key.
 *
 * @param id of the row
 */
@Message(ReadRow.ID)
public record ReadRow(int id) {

    public static final int ID = 170201;
}
