package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/** Asks for an answer of a size. */
@Message(190601)
public record BulkRequest(int bytes) {}
