package io.framegate.session;

import io.framegate.message.Message;
import io.framegate.message.Narrow;

/**
 * {@link LoginRequest} by a token that an identity provider has signed.
 *
 * @param token a signed JSON Web Token (RFC 7519) in its compact form
 */
@Message(109201)
public record TokenLoginRequest(@Narrow String token) {

    /** Without the token. */
    @Override
    public String toString() {
        return "TokenLoginRequest[]";
    }
}
