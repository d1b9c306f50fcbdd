package io.framegate.ops;

import io.framegate.session.LoginThrottle;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks over HTTP: the session that {@link SessionResource} began, or name and password sent along (HTTP Basic, for
 * programs), or a {@linkplain BearerTokens token}, which only reads. They are checked by the container's identity stores, of which {@link AdminIdentityStore} is one; any other that
 * puts its user into the group {@value #ADMIN} lets them administer.
 *
 * <p>After some wrong passwords nobody's is looked at for a while who asks from the same address: not by name, since then
 * anybody could keep an administrator out by trying theirs. Sessions that are open go on. Where proxies are trusted it is the
 * client's own address, not theirs.
 *
 * <p>It asks nobody to log in: what needs a login is refused by {@link AdminGuard}.
 */
@ApplicationScoped
public class AdminLogin implements HttpAuthenticationMechanism {

    /** The role, and the group, of those who may administer. */
    public static final String ADMIN = "framegate-admin";

    private static final String SIGN_IN = "sign-in";
    private static final String BASIC = "Basic ";

    private static final int FREE_TRIES = 10;

    /** After this a program's sign-ins are told of again. */
    private static final Duration TOLD_AGAIN = Duration.ofHours(1);

    private static final int MAX_TOLD = 1000;

    /** Short: whoever fails for ever at an address keeps others at the same from logging in, though not those who are. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final IdentityStoreHandler stores;
    private final AdminSessions sessions;
    private final SignInLinks links;
    private final ClientAddress addresses;
    private final AuditLog audit;
    private final LoginThrottle tries = new LoginThrottle(FREE_TRIES, LONGEST_WAIT, System::nanoTime);

    // By name and address, when each was last told of; guarded by itself.
    private final Map<String, Long> toldNanos = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_TOLD;
        }
    };

    /** How a login went. */
    enum Outcome {
        DONE,
        WRONG,
        /** It was not looked at. */
        TOO_EARLY
    }

    private final BearerTokens tokens;

    @Inject
    AdminLogin(
            IdentityStoreHandler stores,
            AdminSessions sessions,
            SignInLinks links,
            ClientAddress addresses,
            AuditLog audit,
            BearerTokens tokens) {
        this.stores = stores;
        this.sessions = sessions;
        this.links = links;
        this.addresses = addresses;
        this.audit = audit;
        this.tokens = tokens;
    }

    /** For the container's proxy. */
    @SuppressWarnings("NullAway") // The proxy is never asked itself.
    protected AdminLogin() {
        this.stores = null;
        this.tokens = null;
        this.sessions = null;
        this.links = null;
        this.addresses = null;
        this.audit = null;
    }

    @Override
    public AuthenticationStatus validateRequest(
            HttpServletRequest request, HttpServletResponse response, HttpMessageContext context)
            throws AuthenticationException {
        Optional<AdminSession> session = sessions.ofCookie(request);
        if (session.isPresent()) {
            return context.notifyContainerAboutLogin(session.get().name(), Set.of(ADMIN));
        }
        String header = request.getHeader("Authorization");
        Optional<BasicAuthenticationCredential> given = basic(header);
        if (given.isEmpty()) {
            Optional<CredentialValidationResult> known = tokens.caller(header);
            return known.isPresent() ? context.notifyContainerAboutLogin(known.get()) : context.doNothing();
        }
        Checked checked = check(request, given.get());
        if (checked.outcome != Outcome.DONE) {
            tellRefused(request, checked.outcome, given.get().getCaller());
            return context.doNothing();
        }
        if (checked.mayAdminister()) {
            sessions.beginForRequest(request, checked.session());
            tellOnceInAWhile(request, checked.name());
        }
        return context.notifyContainerAboutLogin(checked.result);
    }

    /** Begins a session for who may administer. */
    Outcome login(HttpServletRequest request, String name, String password) {
        Checked checked = check(request, new UsernamePasswordCredential(name, password));
        Outcome outcome =
                checked.mayAdminister() || checked.outcome == Outcome.TOO_EARLY ? checked.outcome : Outcome.WRONG;
        if (outcome == Outcome.DONE) {
            sessions.begin(request, checked.session());
        }
        AuditFilter.act(request, SIGN_IN, name, outcome == Outcome.TOO_EARLY ? "not looked at" : "by password");
        return outcome;
    }

    /** Begins a session for who has a token of {@link SignInLinks}. */
    Outcome login(HttpServletRequest request, String token) {
        String address = addresses.of(request);
        if (!tries.begin(address).isZero()) {
            AuditFilter.act(request, SIGN_IN, "", "not looked at");
            return Outcome.TOO_EARLY;
        }
        Optional<AdminSession> begun = links.take(token).filter(session -> !session.isOver(sessions.passwords()));
        AuditFilter.act(request, SIGN_IN, begun.map(AdminSession::name).orElse(""), "by link");
        if (begun.isEmpty()) {
            tries.failed(address);
            return Outcome.WRONG;
        }
        tries.succeeded(address);
        sessions.begin(request, begun.get());
        return Outcome.DONE;
    }

    /** A token for {@link #login(HttpServletRequest, String)}, for who is signed in. */
    String link(String name) {
        return links.make(new AdminSession(name, sessions.passwords()));
    }

    /** For how long no password from where this comes is looked at; zero if one is. */
    Duration waitFor(HttpServletRequest request) {
        return tries.waitFor(addresses.of(request));
    }

    /**
     * What came of a name and a password.
     *
     * @param passwords the number of the password that was in force when it was looked at
     */
    private record Checked(Outcome outcome, CredentialValidationResult result, long passwords) {

        boolean mayAdminister() {
            return outcome == Outcome.DONE && result.getCallerGroups().contains(ADMIN);
        }

        String name() {
            return result.getCallerPrincipal().getName();
        }

        AdminSession session() {
            return new AdminSession(name(), passwords);
        }
    }

    private Checked check(HttpServletRequest request, UsernamePasswordCredential credential) {
        String address = addresses.of(request);
        long passwords = sessions.passwords();
        if (!tries.begin(address).isZero()) {
            return new Checked(Outcome.TOO_EARLY, CredentialValidationResult.NOT_VALIDATED_RESULT, passwords);
        }
        CredentialValidationResult result = CredentialValidationResult.NOT_VALIDATED_RESULT;
        try {
            result = stores.validate(credential);
        } finally {
            if (result.getStatus() != CredentialValidationResult.Status.VALID) {
                tries.failed(address);
            } else if (result.getCallerGroups().contains(ADMIN)) {
                tries.succeeded(address);
            } else {
                tries.withdrawn(address);
            }
        }
        boolean known = result.getStatus() == CredentialValidationResult.Status.VALID;
        return new Checked(known ? Outcome.DONE : Outcome.WRONG, result, passwords);
    }

    private void tellRefused(HttpServletRequest request, Outcome outcome, String name) {
        audit.refused(
                SIGN_IN,
                name,
                addresses.of(request),
                HttpServletResponse.SC_UNAUTHORIZED,
                outcome == Outcome.TOO_EARLY ? "not looked at" : "by password, for one request");
    }

    /** Programs send name and password with every request. */
    private void tellOnceInAWhile(HttpServletRequest request, String name) {
        String address = addresses.of(request);
        synchronized (toldNanos) {
            long now = System.nanoTime();
            Long before = toldNanos.get(name + " " + address);
            if (before != null && now - before < TOLD_AGAIN.toNanos()) {
                return;
            }
            toldNanos.put(name + " " + address, now);
        }
        audit.done(SIGN_IN, name, address, "by password, for one request; told once an hour");
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
