package io.framegate.guest;

import io.framegate.message.Message;

/**
 * The same of a worker that is transactional itself: a row is stored, and then it fails.
 *
 * @param text of the row
 */
@Message(160701)
public record TransactSelfRequest(String text) {}
