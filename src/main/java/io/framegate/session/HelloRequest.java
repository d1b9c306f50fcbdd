package io.framegate.session;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * Asks for extensions of version 1 of the protocol: the first message of a connection, if it is sent at all.
 *
 * <p>The request and its answer are encoded by version 1. What they agree on holds for every later frame, in both
 * directions, so the client waits for the answer before it sends more.
 *
 * @param protocolVersion the highest that the client supports; 1 today
 * @param client the client's name and version, for logs and views; at most 100 characters are kept
 * @param features the codes of {@link Capability} that the client asks for; the server ignores unknown ones
 */
@Message(HelloRequest.ID)
@MaxPayload(16 * 1024)
public record HelloRequest(int protocolVersion, @Utf8 String client, int[] features) {

    /** The id in the header. */
    public static final int ID = 109001;
}
