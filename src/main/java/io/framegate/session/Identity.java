package io.framegate.session;

import java.time.Instant;
import java.util.Set;

/**
 * A client that is known.
 *
 * @param name the account
 * @param roles what it may be
 * @param until when it has to log in again; {@link Instant#MAX} for as long as the connection lasts
 */
public record Identity(String name, Set<String> roles, Instant until) {

    public Identity {
        roles = Set.copyOf(roles);
    }
}
