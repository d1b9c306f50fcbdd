package io.framegate.session;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * Authenticates the client by name and password, which the application server's identity stores check. It may be sent at any time,
 * and again with another name. Requests that are sent before the answer has arrived still have the former identity.
 *
 * @param name the account
 * @param password in plain text: use TLS
 */
@Message(LoginRequest.ID)
@MaxPayload(16 * 1024)
public record LoginRequest(@Utf8 String name, @Utf8 String password) {

    /** The id in the header. */
    public static final int ID = 109101;

    /** Without the password. */
    @Override
    public String toString() {
        return "LoginRequest[name=" + name + "]";
    }
}
