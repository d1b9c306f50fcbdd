package io.framegate.map.store;

import org.eclipse.persistence.sessions.Session;
import org.eclipse.persistence.sessions.SessionCustomizer;

/**
 * Has EclipseLink not try a read again that has failed. By default it asks the connection whether it is alive, and so takes
 * every error within a transaction for a lost connection, since PostgreSQL then answers nothing until the rollback; and it tries
 * three times more with the same connection, 10 s in all.
 */
public final class NoRetryCustomizer implements SessionCustomizer {

    /** For EclipseLink, which is told of it by {@code persistence.xml}. */
    public NoRetryCustomizer() {}

    @Override
    public void customize(Session session) {
        session.getLogin().setQueryRetryAttemptCount(0);
    }
}
