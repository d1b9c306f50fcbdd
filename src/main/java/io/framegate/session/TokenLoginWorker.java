package io.framegate.session;

import io.framegate.message.Caller;
import io.framegate.message.CallerWorker;
import jakarta.annotation.security.PermitAll;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Answers {@link TokenLoginRequest}. */
@ApplicationScoped
@PermitAll
public class TokenLoginWorker implements CallerWorker<TokenLoginRequest, LoginResponse> {

    // Set before the first call, and never after.
    @Inject
    private Logins logins;

    /** For the container. */
    protected TokenLoginWorker() {}

    /** Without a container. */
    public TokenLoginWorker(Logins logins) {
        this.logins = logins;
    }

    @Override
    public LoginResponse process(TokenLoginRequest request, Caller caller) {
        return logins.byToken(Sender.sessionOf(caller), request.token());
    }
}
