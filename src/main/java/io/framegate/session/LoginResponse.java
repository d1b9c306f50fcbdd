package io.framegate.session;

import io.framegate.message.Message;
import io.framegate.message.Utf8;
import java.util.List;

/**
 * The client's identity from now on.
 *
 * @param name the account
 * @param roles its roles, sorted
 */
@Message(509101)
public record LoginResponse(@Utf8 String name, List<String> roles) {

    public LoginResponse {
        roles = List.copyOf(roles);
    }
}
