package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/** How many there were. */
@Message(590901)
public record CountResponse(int count) {}
