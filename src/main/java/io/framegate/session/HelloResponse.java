package io.framegate.session;

import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * The answer to {@link HelloRequest}: what holds from the next frame on.
 *
 * @param protocolVersion the lower version of both sides
 * @param server the server's name and version
 * @param features the codes of {@link Capability} that both sides support
 * @param maxBodyBytes the largest body that the server accepts
 * @param maxInFlight requests of this connection without a reply; beyond that the server stops reading
 * @param loginRequired whether the server refuses anything but a login until the client is authenticated
 */
@Message(509001)
public record HelloResponse(
        int protocolVersion,
        @Utf8 String server,
        int[] features,
        int maxBodyBytes,
        int maxInFlight,
        boolean loginRequired) {}
