package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Counts notes.
 *
 * @param text of the notes to count
 */
@Message(160201)
public record CountNotesRequest(String text) {}
