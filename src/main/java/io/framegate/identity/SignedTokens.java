package io.framegate.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.framegate.config.IdentityConfig;
import io.framegate.session.Identity;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks JSON Web Tokens (RFC 7519) that are signed by a private key: who has signed it, for whom, and until when.
 *
 * <p>The account is the first of the claims {@code upn}, {@code preferred_username}, {@code sub} that is there; its roles are
 * the claim {@code groups}, as in MicroProfile JWT. Claims {@code iss}, {@code aud} and {@code exp} must be there and right; a
 * clock may be a minute off.
 *
 * <p>The file of the keys is read again when it has changed. One that can't be read is told in the log once, and the keys
 * stay those of before.
 *
 * <p><b>Threads.</b> Any.
 */
final class SignedTokens {

    private static final Logger LOG = System.getLogger(SignedTokens.class.getName());

    /** Signatures by a private key only: with a shared secret, whoever can check a token can make one. */
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.copyOf(Stream.of(JWSAlgorithm.Family.RSA, JWSAlgorithm.Family.EC)
                    .flatMap(Set::stream)
                    .toList());

    private final IdentityConfig.Tokens config;
    private @Nullable FileTime changed; // guarded by this
    private volatile DefaultJWTProcessor<SecurityContext> processor;

    /** @throws IllegalStateException in a sentence for a person where the keys can't be read */
    SignedTokens(IdentityConfig.Tokens config) {
        this.config = config;
        try {
            changed = Files.getLastModifiedTime(config.keys());
            processor = processor();
        } catch (IOException | ParseException e) {
            throw new IllegalStateException(
                    "Set framegate.identity.token-keys to a file with a JSON Web Key Set; " + config.keys()
                            + " can't be read as one.",
                    e);
        }
    }

    /** Whom a token speaks of; empty where it is not valid. */
    Optional<Identity> identity(String token) {
        lookForChange();
        try {
            JWTClaimsSet claims = processor.process(token, null);
            List<String> groups = claims.getStringListClaim("groups");
            return name(claims)
                    .map(name -> new Identity(
                            name,
                            groups == null ? Set.of() : new HashSet<>(groups),
                            claims.getExpirationTime().toInstant()));
        } catch (ParseException | BadJOSEException | JOSEException e) {
            LOG.log(Level.DEBUG, "a token was refused: {0}", e.getClass().getSimpleName());
            return Optional.empty();
        }
    }

    private static Optional<String> name(JWTClaimsSet claims) throws ParseException {
        for (String claim : List.of("upn", "preferred_username", "sub")) {
            String name = claims.getStringClaim(claim);
            if (name != null && !name.isBlank()) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private synchronized void lookForChange() {
        FileTime now = modified();
        if (Objects.equals(now, changed)) {
            return;
        }
        // Before it is read: what can't be is told once, not at every login.
        changed = now;
        try {
            processor = processor();
            LOG.log(Level.INFO, "The keys of signed tokens were read again.");
        } catch (IOException | ParseException e) {
            LOG.log(
                    Level.WARNING,
                    "The keys of signed tokens can''t be read again, the old ones stay: {0}",
                    config.keys());
        }
    }

    /** Nothing where there is no file. */
    private @Nullable FileTime modified() {
        try {
            return Files.getLastModifiedTime(config.keys());
        } catch (IOException e) {
            return null;
        }
    }

    private DefaultJWTProcessor<SecurityContext> processor() throws IOException, ParseException {
        JWKSet keys = JWKSet.parse(Files.readString(config.keys()));
        DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
        made.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(keys)));
        made.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                config.audience(),
                new JWTClaimsSet.Builder().issuer(config.issuer()).build(),
                Set.of("exp")));
        return made;
    }
}
