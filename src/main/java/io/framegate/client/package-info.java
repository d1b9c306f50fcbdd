/**
 * The Java client: records out, records back, over one pipelined connection. It knows frames and codecs and nothing of
 * any server's messages.
 *
 * <p>Who may call it: applications, the command line, tests. Begin reading at
 * {@link io.framegate.client.FramegateClient}; the socket is {@link io.framegate.client.ClientConnection}.
 */
@NullMarked
package io.framegate.client;

import org.jspecify.annotations.NullMarked;
