package io.framegate.guest;

import io.framegate.message.Message;

/**
 * Asks what the request scope holds, and puts something in.
 *
 * @param put into it
 */
@Message(161001)
public record ScopeRequest(String put) {}
