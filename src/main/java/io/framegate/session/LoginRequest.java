package io.framegate.session;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * "It is me": a name and a password, checked by the application server's identity stores. It may come at any time, again
 * with another name too. What is sent before the answer has come is still sent by whoever the client was before.
 *
 * @param name the account
 * @param password in clear: use TLS
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
