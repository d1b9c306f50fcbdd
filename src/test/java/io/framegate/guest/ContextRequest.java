package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Asks what a worker's thread knows of the application.
 *
 * @param nothing a message has a field
 */
@Message(160301)
public record ContextRequest(boolean nothing) {}
