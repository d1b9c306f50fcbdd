package io.framegate.message;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The client that sent a request, with the identity that it had when the request was read.
 * A {@link CallerWorker} gets it with each request, and may keep it to {@link #push} messages later. Callers of one
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
     * The name that the client had logged in with when its request was read, or that of its certificate; empty if it was not
     * authenticated. Later logins do not change it.
     */
    Optional<String> name();

    /** Whether the client was authenticated when its request was read, and has this role. */
    boolean isInRole(String role);

    /** Whether the client accepts what {@link #push} sends, as its hello said. */
    boolean takesNotices();

    /**
     * Sends a notice: a message that answers no request.
     *
     * @param notice a record with {@link Message}
     * @return false if it was not sent: the client does not accept notices, reads them too slowly, or is gone
     * @throws IllegalArgumentException for a record that is no message, or that cannot be encoded: the connection goes on
     */
    boolean push(Record notice);

    /** Whether the connection is open. */
    boolean isConnected();
}
