package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/** The answer of that size. */
@Message(590601)
public record BulkResponse(byte[] bytes) {}
