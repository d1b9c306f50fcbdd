package io.framegate.session;

import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * "So be it": the answer to {@link HelloRequest}.
 *
 * @param protocolVersion the one that holds from now on: the lower one of both sides
 * @param server its name and version
 * @param features the codes of {@link Capability} that hold from now on
 * @param maxBodyBytes the largest body that the server takes
 * @param maxInFlight requests that may be on the way on this connection; with more than that the server stops reading
 * @param loginRequired whether anything but a login is refused as long as the client is unknown
 */
@Message(509001)
public record HelloResponse(
        int protocolVersion,
        @Utf8 String server,
        int[] features,
        int maxBodyBytes,
        int maxInFlight,
        boolean loginRequired) {}
