package io.framegate.ops;

import io.framegate.session.FailedTries;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.security.enterprise.AuthenticationException;
import jakarta.security.enterprise.AuthenticationStatus;
import jakarta.security.enterprise.authentication.mechanism.http.HttpAuthenticationMechanism;
import jakarta.security.enterprise.authentication.mechanism.http.HttpMessageContext;
import jakarta.security.enterprise.credential.BasicAuthenticationCredential;
import jakarta.security.enterprise.credential.UsernamePasswordCredential;
import jakarta.security.enterprise.identitystore.CredentialValidationResult;
import jakarta.security.enterprise.identitystore.IdentityStoreHandler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks over HTTP: the session that {@link SessionResource} began, or name and password sent along (HTTP Basic, for
 * programs), or a {@linkplain BearerTokens token}, which only reads. They are checked by the container's identity stores, of which {@link AdminIdentityStore} is one; any other that
 * puts its user into the group {@value #ADMIN} lets them administer.
 *
 * <p>After some wrong passwords nobody's is looked at for a while who asks from the same address: not by name, since then
 * anybody could keep an administrator out by trying theirs. Sessions that are open go on.
 *
 * <p>It asks nobody to log in: what needs a login is refused by {@link AdminGuard}.
 */
@ApplicationScoped
public class AdminLogin implements HttpAuthenticationMechanism {

    /** The role, and the group, of those who may administer. */
    public static final String ADMIN = "framegate-admin";

    private static final String CALLER = "framegate.caller";
    private static final String BASIC = "Basic ";

    private static final int FREE_TRIES = 10;

    /** Short: whoever fails for ever at an address keeps others at the same from logging in, though not those who are. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final IdentityStoreHandler stores;
    private final FailedTries triesByAddress = new FailedTries(FREE_TRIES, LONGEST_WAIT, System::nanoTime);

    private final BearerTokens tokens;

    @Inject
    AdminLogin(IdentityStoreHandler stores, BearerTokens tokens) {
        this.stores = stores;
        this.tokens = tokens;
    }

    /** For the container's proxy. */
    @SuppressWarnings("NullAway") // The proxy is never asked itself.
    protected AdminLogin() {
        this.stores = null;
        this.tokens = null;
    }

    @Override
    public AuthenticationStatus validateRequest(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException {
        HttpSession session = request.getSession(false);
        if (session != null && session.getAttribute(CALLER) instanceof String name) {
            return context.notifyContainerAboutLogin(name, Set.of(ADMIN));
        }
        String header = request.getHeader("Authorization");
        Optional<CredentialValidationResult> caller = basic(header)
                .filter(credential -> waitFor(request).isZero())
                .flatMap(credential -> check(request, credential))
                .or(() -> tokens.caller(header));
        if (caller.isPresent()) {
            return context.notifyContainerAboutLogin(caller.get());
        }
        return context.doNothing();
    }

    /**
     * Begins a session for who may administer.
     *
     * @return whether the name and the password are right
     */
    boolean login(HttpServletRequest request, String name, String password) {
        Optional<CredentialValidationResult> caller = check(request, new UsernamePasswordCredential(name, password));
        if (caller.isEmpty() || !caller.get().getCallerGroups().contains(ADMIN)) {
            return false;
        }
        HttpSession old = request.getSession(false);
        if (old != null) {
            old.invalidate();
        }
        request.getSession(true).setAttribute(CALLER, name);
        return true;
    }

    /** For how long no password from where this comes is looked at; zero if one is. */
    Duration waitFor(HttpServletRequest request) {
        return triesByAddress.waitFor(request.getRemoteAddr());
    }

    private Optional<CredentialValidationResult> check(
            HttpServletRequest request, UsernamePasswordCredential credential) {
        CredentialValidationResult result = stores.validate(credential);
        if (result.getStatus() == CredentialValidationResult.Status.VALID) {
            if (result.getCallerGroups().contains(ADMIN)) {
                triesByAddress.succeeded(request.getRemoteAddr());
            }
            return Optional.of(result);
        }
        triesByAddress.failed(request.getRemoteAddr());
        return Optional.empty();
    }

    private static Optional<BasicAuthenticationCredential> basic(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BasicAuthenticationCredential(
                    header.substring(BASIC.length()).strip()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
