package io.framegate.session;

import java.util.Set;

/**
 * What all sessions of a server have in common.
 *
 * @param server the server's name and version, for {@link HelloResponse}
 * @param maxBodyBytes the largest body that it accepts
 * @param maxInFlight requests of one connection without a reply
 * @param loginRequired whether it refuses anything but a hello and a login to a client that is not authenticated
 * @param certificateRoles the roles of a client that is authenticated by its certificate
 */
public record ServerCapabilities(
        String server, int maxBodyBytes, int maxInFlight, boolean loginRequired, Set<String> certificateRoles) {

    public ServerCapabilities {
        certificateRoles = Set.copyOf(certificateRoles);
    }
}
