package io.framegate.session;

import io.framegate.message.Message;
import io.framegate.message.Utf8;
import java.util.List;

/**
 * Who the client is from now on.
 *
 * @param name the account
 * @param roles what it may be, sorted
 */
@Message(509101)
public record LoginResponse(@Utf8 String name, List<String> roles) {

    public LoginResponse {
        roles = List.copyOf(roles);
    }
}
