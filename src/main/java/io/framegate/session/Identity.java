package io.framegate.session;

import java.time.Instant;
import java.util.Set;

/**
 * An authenticated client.
 *
 * @param name the account
 * @param roles its roles
 * @param until when it has to log in again; {@link Instant#MAX} for never
 */
public record Identity(String name, Set<String> roles, Instant until) {

    public Identity {
        roles = Set.copyOf(roles);
    }
}
