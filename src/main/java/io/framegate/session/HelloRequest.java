package io.framegate.session;

import io.framegate.message.MaxPayload;
import io.framegate.message.Message;
import io.framegate.message.Utf8;

/**
 * "This is what I understand": the first message of a client that wants more than version 1 of the protocol. Old clients
 * never send it.
 *
 * <p>It is in the form of version 1 itself, and so is its answer. What they agree on holds for every frame after it, in both
 * directions, so the client waits for the answer before it sends more.
 *
 * @param protocolVersion the highest that the client knows; 1 today
 * @param client its name and version, for logs and views: at most 100 characters are kept
 * @param features the codes of {@link Capability} that it would like; a code that the server does not know is ignored
 */
@Message(HelloRequest.ID)
@MaxPayload(16 * 1024)
public record HelloRequest(int protocolVersion, @Utf8 String client, int[] features) {

    /** The id in the header. */
    public static final int ID = 109001;
}
