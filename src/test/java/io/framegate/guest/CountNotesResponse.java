package io.framegate.guest;

import io.framegate.message.Message;

/**
 * How many there are.
 *
 * @param count of committed notes
 */
@Message(560201)
public record CountNotesResponse(long count) {}
