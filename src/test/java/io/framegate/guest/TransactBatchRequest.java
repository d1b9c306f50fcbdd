package io.framegate.guest;

import io.framegate.message.Message;

/**
 * The same of a batch worker: a row is stored, and then it fails.
 *
 * @param text of the row
 */
@Message(160901)
public record TransactBatchRequest(String text) {}
