package io.framegate.guest;

import io.framegate.message.Message;

/**
 * It was done.
 *
 * @param rows that are stored under the text at the end, as this transaction sees it
 */
@Message(560601)
public record TransactResponse(int rows) {}
