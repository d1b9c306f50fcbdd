package io.framegate.guest.odd;

import io.framegate.message.Message;

/** Nothing was thrown. */
@Message(550901)
public record ThrowResponse(int how) {}
