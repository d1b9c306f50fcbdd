package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Is answered late.
 *
 * @param millis how late
 */
@Message(160401)
public record SleepRequest(int millis) {}
