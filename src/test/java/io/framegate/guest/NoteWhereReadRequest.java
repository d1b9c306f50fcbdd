package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Asks for a note, and for what the thread that reads knows of the application.
 *
 * @param text of the note
 */
@Message(160501)
public record NoteWhereReadRequest(String text) {}
