package io.framegate.session;

import java.util.Set;

/**
 * What every session of a server has in common.
 *
 * @param server the server's name and version, for {@link HelloResponse}
 * @param maxBodyBytes the largest body that it takes
 * @param maxInFlight requests that may be on the way on one connection
 * @param loginRequired whether anything but a hello and a login is refused to a client that is unknown
 * @param certificateRoles the roles of a client that is known by its certificate
 */
public record ServerCapabilities(
        String server, int maxBodyBytes, int maxInFlight, boolean loginRequired, Set<String> certificateRoles) {

    public ServerCapabilities {
        certificateRoles = Set.copyOf(certificateRoles);
    }
}
