/**
 * Sockets, by NIO.2 only: who is connected, which bytes are a frame, in which order replies go out. What a frame means
 * is not known here: complete frames go through the port {@link io.framegate.transport.FrameHandler}.
 *
 * <p>Who may call it: the server opens the {@link io.framegate.transport.Listener}, dispatch implements the port, ops
 * looks at the connections. Begin reading at {@link io.framegate.transport.Connection#readCompleted}.
 */
@NullMarked
package io.framegate.transport;

import org.jspecify.annotations.NullMarked;
