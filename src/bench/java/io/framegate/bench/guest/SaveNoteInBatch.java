package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * A note to be stored, with those that others ask for at the same time.
 *
 * @param author a number
 * @param text of the note
 */
@Message(SaveNoteInBatch.ID)
public record SaveNoteInBatch(int author, String text) {

    public static final int ID = 170401;
}
