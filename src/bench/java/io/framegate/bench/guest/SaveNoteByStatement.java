package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * A note to be stored, with those that others ask for at the same time, by one statement.
 *
 * @param author a number
 * @param text of the note
 */
@Message(SaveNoteByStatement.ID)
public record SaveNoteByStatement(int author, String text) {

    public static final int ID = 170501;
}
