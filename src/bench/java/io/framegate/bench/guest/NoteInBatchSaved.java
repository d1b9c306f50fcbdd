package io.framegate.bench.guest;

import io.framegate.message.Message;

/**
 * The note is stored.
 *
 * @param id that it got
 */
@Message(NoteInBatchSaved.ID)
public record NoteInBatchSaved(long id) {

    public static final int ID = 570401;
}
