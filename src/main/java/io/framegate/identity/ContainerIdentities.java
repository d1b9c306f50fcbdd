package io.framegate.identity;

import io.framegate.config.IdentityConfig;
import io.framegate.message.Refusal;
import io.framegate.session.Identities;
import io.framegate.session.Identity;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the container's {@link IdentityStoreHandler} for passwords, which asks every identity store of the application: that
 * of a database, a directory, or the gate's own. A caller's groups are its roles.
 */
@ApplicationScoped
public class ContainerIdentities implements Identities {

    // Set by the container before the first call, and never after.
    @Inject
    private Instance<IdentityStoreHandler> stores;

    private static final String OWN_NAME = "framegate";
    private static final int OWN_TOKEN_BYTES = 32;

    private final String ownToken = random();

    private volatile @Nullable SignedTokens tokens;
    private volatile Set<String> ownRoles = Set.of();

    /** For the container. */
    protected ContainerIdentities() {}

    /**
     * Takes the settings, at start.
     *
     * @throws IllegalStateException in a sentence for a person where the keys can't be read
     */
    public void use(IdentityConfig config) {
        ownRoles = config.certificateRoles();
        tokens = config.tokens().map(SignedTokens::new).orElse(null);
    }

    private static String random() {
        byte[] bytes = new byte[OWN_TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** By what clients within this process log in; it is for nobody else. */
    public String ownToken() {
        return ownToken;
    }

    @Override
    public Optional<Identity> byOwnToken(String token) {
        // As long for a wrong one as for the right one.
        return MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), ownToken.getBytes(StandardCharsets.UTF_8))
                ? Optional.of(new Identity(OWN_NAME, ownRoles, Instant.MAX))
                : Optional.empty();
    }

    @Override
    public Optional<Identity> byPassword(String name, String password) {
        if (!stores.isResolvable()) {
            throw new Refusal(Refusal.Code.UNAVAILABLE, "This server has no accounts with a password.");
        }
        UsernamePasswordCredential credential = new UsernamePasswordCredential(name, password);
        try {
            CredentialValidationResult result = stores.get().validate(credential);
            return result.getStatus() == CredentialValidationResult.Status.VALID
                    ? Optional.of(
                            new Identity(result.getCallerPrincipal().getName(), result.getCallerGroups(), Instant.MAX))
                    : Optional.empty();
        } finally {
            credential.clear();
        }
    }

    @Override
    public Optional<Identity> byToken(String token) {
        SignedTokens checked = tokens;
        if (checked == null) {
            throw new Refusal(Refusal.Code.UNAVAILABLE, "This server takes no tokens.");
        }
        return checked.identity(token);
    }
}
