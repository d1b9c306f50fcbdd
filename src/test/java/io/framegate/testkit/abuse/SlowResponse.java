package io.framegate.testkit.abuse;

import io.framegate.message.Message;

/** The answer after that time. */
@Message(590701)
public record SlowResponse(int number) {}
