package io.framegate.message;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Who sent a request: the client at the other end of one connection, under the name that it had when the request was read.
 * A {@link CallerWorker} is given it with each request, and may keep it to {@link #push} to it later. Callers of one
 * connection are equal.
 *
 * <p><b>Threads.</b> Any.
 */
public interface Caller {

    /** The number of the connection, as in the log. */
    long connectionId();

    /** The client's own address and port. */
    InetSocketAddress address();

    /**
     * The name that the client had logged in with when its request was read, or that its certificate gives; empty for one that
     * was unknown. Logins that come later do not change it.
     */
    Optional<String> name();

    /** Whether the client was known when its request was read, and has this role. */
    boolean isInRole(String role);

    /** Whether the client has said by a hello that it takes what {@link #push} sends. */
    boolean takesNotices();

    /**
     * Sends a message that nobody asked for.
     *
     * @param notice a record with {@link Message}
     * @return false where it was not sent: the client never said that it takes notices, it takes them too slowly, or it is
     *     gone
     * @throws IllegalArgumentException for a record that is no message, or that cannot be encoded: the connection goes on
     */
    boolean push(Record notice);

    /** Whether the connection is still there. */
    boolean isConnected();
}
