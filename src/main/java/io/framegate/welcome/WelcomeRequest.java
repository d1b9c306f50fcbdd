package io.framegate.welcome;

import io.framegate.message.Message;

/**
 * "Are you there?"
 *
 * @param number any number: it comes back in the answer
 */
@Message(100101)
public record WelcomeRequest(int number) {}
