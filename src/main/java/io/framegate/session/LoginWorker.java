package io.framegate.session;

import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link LoginRequest}. */
@ApplicationScoped
@PermitAll
public class LoginWorker implements CallerWorker<LoginRequest, LoginResponse> {

    // Set before the first call, and never after.
    @Inject
    private Logins logins;

    /** For the container. */
    protected LoginWorker() {}

    /** Without a container. */
    public LoginWorker(Logins logins) {
        this.logins = logins;
    }

    @Override
    public LoginResponse process(LoginRequest request, Caller caller) {
        return logins.byPassword(Sender.sessionOf(caller), request.name(), request.password());
    }
}
