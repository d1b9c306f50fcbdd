package io.framegate.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Who may ask.
 *
 * @param required whether anything but a hello and a login is refused to a client that is unknown
 * @param certificateRoles the roles of a client that is known by its certificate
 * @param tokens how signed tokens are checked; empty where none are taken
 */
public record IdentityConfig(boolean required, Set<String> certificateRoles, Optional<Tokens> tokens) {

    /** Nobody has to say who it is. */
    public static final IdentityConfig OPEN = new IdentityConfig(false, Set.of(), Optional.empty());

    public IdentityConfig {
        certificateRoles = Set.copyOf(certificateRoles);
    }

    /**
     * How signed tokens are checked.
     *
     * @param keys a file with the issuer's public keys: a JSON Web Key Set (RFC 7517)
     * @param issuer what the claim {@code iss} must say
     * @param audience what the claim {@code aud} must name
     */
    public record Tokens(Path keys, String issuer, String audience) {}
}
