package io.framegate.session;

import io.framegate.message.Message;

/**
 * A notice that the server is stopping. It answers requests that were sent, and refuses new ones: connect to another server.
 *
 * @param millisLeft milliseconds until the connection is closed at the latest
 */
@Message(900101)
public record DrainNotice(int millisLeft) {}
