package io.framegate.guest.odd;

import io.framegate.message.Message;

/**
 * Asks for an exception.
 *
 * @param how as {@link io.framegate.testkit.OddThrowables} counts them; -1 for none
 */
@Message(150901)
public record ThrowRequest(int how) {}
