package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * A note to be stored, in a transaction of its own.
 *
 * @param author a number
 * @param text of the note
 */
@Message(SaveNote.ID)
public record SaveNote(int author, String text) {

    public static final int ID = 170301;
}
