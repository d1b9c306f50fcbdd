package io.framegate.dispatch;

import io.framegate.message.Message;

/** Of {@link SessionFuzz}: asks for the name that the caller is known by. */
@Message(150902)
public record WhoRequest(String suffix) {}
