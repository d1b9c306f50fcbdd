package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * Asks for one row by its key, together with those that others ask for at the same time.
 *
 * @param id of the row
 */
@Message(ReadRowInBatch.ID)
public record ReadRowInBatch(int id) {

    public static final int ID = 170601;
}
