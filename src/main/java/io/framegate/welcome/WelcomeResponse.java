package io.framegate.welcome;

import io.framegate.message.Message;

/**
 * The answer to {@link WelcomeRequest}.
 *
 * @param text {@code welcome:} and the number of the request
 */
@Message(500101)
public record WelcomeResponse(String text) {}
