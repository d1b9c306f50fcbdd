package io.framegate.guest;

import io.framegate.message.Message;

/**
 * What the request scope held.
 *
 * @param before what was in it when the request began
 * @param after what is in it when it ends
 * @param destroyed scopes of earlier requests that have ended
 * @param principal as whom it is worked
 * @param welcome what the gate answered to a client that was injected
 */
@Message(561001)
public record ScopeResponse(String before, String after, int destroyed, String principal, String welcome) {}
