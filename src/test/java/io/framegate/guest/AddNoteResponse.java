package io.framegate.guest;

import io.framegate.message.Message;

/**
 * The note is stored.
 *
 * @param id its number
 */
@Message(560101)
public record AddNoteResponse(long id) {}
