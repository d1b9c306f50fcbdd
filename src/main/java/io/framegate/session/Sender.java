package io.framegate.session;

import io.framegate.message.Caller;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request: its session, with the identity that it had when the request was read. A login that completes while the
 * request is queued or running applies to later requests only.
 *
 * <p>Two senders of one connection are equal, whatever their names, so that a set of callers holds each connection once.
 *
 * <p><b>Threads.</b> Any; immutable but for what its session tells of the connection.
 */
public final class Sender implements Caller {

    private final Session session;
    private final @Nullable Identity identity;

    /** @param identity null for a client that is not authenticated */
    Sender(Session session, @Nullable Identity identity) {
        this.session = session;
        this.identity = identity;
    }

    /** Of a worker of the gate's own: the session that a caller is of. */
    static Session sessionOf(Caller caller) {
        return ((Sender) caller).session;
    }

    /** The connection that the request came on. */
    public Session session() {
        return session;
    }

    /** Whether this identity has expired. */
    boolean isExpired() {
        return identity != null && Instant.now().isAfter(identity.until());
    }

    @Override
    public long connectionId() {
        return session.connectionId();
    }

    @Override
    public InetSocketAddress address() {
        return session.address();
    }

    @Override
    public Optional<String> name() {
        return Optional.ofNullable(identity).map(Identity::name);
    }

    @Override
    public boolean isInRole(String role) {
        return identity != null && identity.roles().contains(role);
    }

    @Override
    public boolean takesNotices() {
        return session.takesNotices();
    }

    @Override
    public boolean push(Record notice) {
        return session.push(notice);
    }

    @Override
    public boolean isConnected() {
        return session.isConnected();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sender it && it.session == session;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(session);
    }

    @Override
    public String toString() {
        return "connection " + connectionId()
                + name().map(known -> " of " + known).orElse("");
    }
}
