package io.framegate.session;

import io.framegate.message.Message;

/**
 * "I am about to stop": a notice. Requests that were sent are still answered, new ones are refused; go to another server.
 *
 * @param millisLeft milliseconds until the connection ends at the latest
 */
@Message(900101)
public record DrainNotice(int millisLeft) {}
