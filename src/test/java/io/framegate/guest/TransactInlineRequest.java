package io.framegate.guest;

import io.framegate.message.Message;

/**
 * The same where it was read.
 *
 * @param text of the row
 * @param way that of {@link TransactedNotes#store}
 */
@Message(160801)
public record TransactInlineRequest(String text, String way) {}
