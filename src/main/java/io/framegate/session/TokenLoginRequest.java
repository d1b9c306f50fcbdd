package io.framegate.session;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * {@link LoginRequest} by a token that an identity provider has signed.
 *
 * @param token a signed JSON Web Token (RFC 7519) in its compact form
 */
@Message(TokenLoginRequest.ID)
@MaxPayload(64 * 1024)
public record TokenLoginRequest(@Utf8 String token) {

    /** The id in the header. */
    public static final int ID = 109201;

    /** Without the token. */
    @Override
    public String toString() {
        return "TokenLoginRequest[]";
    }
}
