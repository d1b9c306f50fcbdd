package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/** Asks for an answer that takes a time. */
@Message(190701)
public record SlowRequest(int number, int millis) {}
