package io.framegate.ops;

import io.framegate.message.Refusal;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The signed tokens that the TCP port takes for a login, sent along with a request over HTTP: {@code Authorization: Bearer …}. Who
 * has one may read what needs a login; to administer, whatever roles it names, it is not enough.
 */
@ApplicationScoped
public class BearerTokens {

    private static final String BEARER = "Bearer ";

    // Set by the container before the first call, and never after.
    @Inject
    private Identities identities;

    /** For the container. */
    protected BearerTokens() {}

    /** Whom a header's token speaks of; empty where it is none, or is not valid, or where this server takes none. */
    Optional<CredentialValidationResult> caller(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.empty();
        }
        try {
            return identities
                    .byToken(header.substring(BEARER.length()).strip())
                    .filter(known -> known.until().isAfter(Instant.now()))
                    .map(BearerTokens::result);
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private static CredentialValidationResult result(Identity known) {
        Set<String> roles = new HashSet<>(known.roles());
        roles.remove(AdminLogin.ADMIN);
        return new CredentialValidationResult(known.name(), roles);
    }
}
