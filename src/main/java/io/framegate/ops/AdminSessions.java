package io.framegate.ops;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Who is signed in, and until when. All end with the administrator's password. */
@ApplicationScoped
public class AdminSessions {

    private static final String ATTRIBUTE = "framegate.session";

    // Another number in each process: a session that the container has kept from an earlier one is of none of these.
    private final AtomicLong passwords = new AtomicLong(new SecureRandom().nextLong());

    /** For the container. */
    protected AdminSessions() {}

    /** A number for the administrator's present password. Asked for before a password is looked at, it dates what comes of it. */
    long passwords() {
        return passwords.get();
    }

    /** The administrator has another password from now on. */
    void passwordChanged() {
        passwords.incrementAndGet();
    }

    /** Begins a session by a cookie, in the place of another. */
    void begin(HttpServletRequest request, AdminSession begun) {
        HttpSession old = request.getSession(false);
        if (old != null) {
            old.invalidate();
        }
        request.getSession(true).setAttribute(ATTRIBUTE, begun);
    }

    /** For this request alone. */
    void beginForRequest(HttpServletRequest request, AdminSession begun) {
        request.setAttribute(ATTRIBUTE, begun);
    }

    /** The session of a request's cookie. */
    Optional<AdminSession> ofCookie(HttpServletRequest request) {
        HttpSession session = request.getSession(false);
        if (session == null || !(session.getAttribute(ATTRIBUTE) instanceof AdminSession found)) {
            return Optional.empty();
        }
        if (found.isOver(passwords.get())) {
            session.invalidate();
            return Optional.empty();
        }
        found.seen();
        return Optional.of(found);
    }

    /** Whether what a request may do has ended, to be asked again and again after it; that of nobody has. */
    BooleanSupplier end(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof AdminSession own) {
            return () -> own.isOver(passwords.get());
        }
        Optional<AdminSession> session = ofCookie(request);
        return () -> session.isEmpty() || session.get().isOver(passwords.get());
    }
}
