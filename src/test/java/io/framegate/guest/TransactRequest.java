package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Has rows stored under a text in some way.
 *
 * @param text of the rows
 * @param way that of {@link TransactedNotes#store}
 */
@Message(160601)
public record TransactRequest(String text, String way) {}
