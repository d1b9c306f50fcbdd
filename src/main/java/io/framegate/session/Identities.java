package io.framegate.session;

import io.framegate.message.Refusal;
import java.util.Optional;

/** Authenticates clients. The methods may block on a directory or a database, unless they say otherwise. */
public interface Identities {

    /**
     * Checks a password.
     *
     * @return the account; empty if there is no such account or the password is wrong, which the client can't tell apart
     * @throws Refusal if accounts can't be looked up, now or at all
     */
    Optional<Identity> byPassword(String name, String password);

    /**
     * Checks a signed token.
     *
     * @return the token's subject; empty if it is not valid
     * @throws Refusal if this server accepts no tokens
     */
    Optional<Identity> byToken(String token);

    /** The subject of a token that this process has made for its own clients; empty for any other. Never blocks. */
    default Optional<Identity> byOwnToken(String token) {
        return Optional.empty();
    }
}
