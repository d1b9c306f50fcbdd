package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Stores a note.
 *
 * @param text the note
 * @param failAfterwards whether the worker throws after it has stored the note, so that it must not be there
 */
@Message(160101)
public record AddNoteRequest(String text, boolean failAfterwards) {}
