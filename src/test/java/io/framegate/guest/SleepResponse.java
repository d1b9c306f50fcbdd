package io.framegate.guest;

import io.framegate.message.Message;

/**
 * The late answer.
 *
 * @param millis as asked for
 */
@Message(560401)
public record SleepResponse(int millis) {}
