package io.framegate.session;

import io.framegate.message.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Authenticates clients, and throttles guessing: by account, from whatever address, and by address, for whatever
 * account. A throttled attempt is not checked at all, so faster guessing gains nothing and costs no hash.
 */
@ApplicationScoped
public class Logins {

    /** A person may err three times; an office behind one address errs more often. */
    private static final int FREE_TRIES_BY_NAME = 3;

    private static final int FREE_TRIES_BY_ADDRESS = 30;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Logger LOG = System.getLogger(Logins.class.getName());

    // Set before the first call, and never after.
    @Inject
    private Identities identities;

    private final LoginThrottle byName = new LoginThrottle(FREE_TRIES_BY_NAME, LONGEST_WAIT, System::nanoTime);
    private final LoginThrottle byAddress = new LoginThrottle(FREE_TRIES_BY_ADDRESS, LONGEST_WAIT, System::nanoTime);

    /** For the container. */
    protected Logins() {}

    /** Without a container. */
    public Logins(Identities identities) {
        this.identities = identities;
    }

    /** @throws Refusal if the client is not authenticated, or has to wait */
    LoginResponse byPassword(Session session, String name, String password) {
        refuseWhileWaiting(byName.begin(name));
        boolean looked = false;
        try {
            Optional<Identity> known = checked(session, () -> identities.byPassword(name, password));
            looked = true;
            if (known.isPresent()) {
                byName.succeeded(name);
            } else {
                byName.failed(name);
            }
            return logIn(session, known);
        } finally {
            if (!looked) {
                byName.withdrawn(name);
            }
        }
    }

    /** @throws Refusal if the client is not authenticated, or has to wait */
    LoginResponse byToken(Session session, String token) {
        // These can't be guessed, and others' failures must not lock the server out of itself.
        Optional<Identity> own = identities.byOwnToken(token);
        return logIn(session, own.isPresent() ? own : checked(session, () -> identities.byToken(token)));
    }

    private Optional<Identity> checked(Session session, Supplier<Optional<Identity>> check) {
        String address = session.address().getAddress().getHostAddress();
        refuseWhileWaiting(byAddress.begin(address));
        boolean failed = false;
        try {
            Optional<Identity> known = check.get();
            failed = known.isEmpty();
            return known;
        } finally {
            if (failed) {
                byAddress.failed(address);
                LOG.log(
                        Level.DEBUG,
                        "connection {0}: a login from {1} was refused",
                        Long.toString(session.connectionId()),
                        address);
            } else {
                // A successful login does not let others of the same address guess again.
                byAddress.withdrawn(address);
            }
        }
    }

    private static LoginResponse logIn(Session session, Optional<Identity> known) {
        return session.logIn(
                known.orElseThrow(() -> new Refusal(Refusal.Code.UNAUTHENTICATED, "This login is not accepted.")));
    }

    private static void refuseWhileWaiting(Duration wait) {
        if (!wait.isZero()) {
            throw new Refusal(
                            Refusal.Code.UNAUTHENTICATED,
                            "Too many logins failed; try again in "
                                    + wait.plusMillis(999).toSeconds() + " s.")
                    .retryAfter(wait);
        }
    }
}
