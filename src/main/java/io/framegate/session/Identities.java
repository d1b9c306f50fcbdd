package io.framegate.session;

import io.framegate.message.Refusal;
import java.util.Optional;

/** Who there is. Its methods may wait for a directory or a database. */
public interface Identities {

    /**
     * Checks a password.
     *
     * @return the account; empty where there is none of that name or the password is another, which nobody is told apart
     * @throws Refusal where accounts can't be looked up, now or at all
     */
    Optional<Identity> byPassword(String name, String password);

    /**
     * Checks a signed token.
     *
     * @return whom it speaks of; empty where it is not valid
     * @throws Refusal where this server takes no tokens
     */
    Optional<Identity> byToken(String token);

    /** Whom a token speaks of that this process has made for its own clients; empty for any other. Never waits. */
    default Optional<Identity> byOwnToken(String token) {
        return Optional.empty();
    }
}
