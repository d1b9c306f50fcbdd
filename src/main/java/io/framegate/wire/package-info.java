/**
 * The frame: the eight bytes of {@link io.framegate.wire.FrameHeader} and the {@link io.framegate.wire.Envelope}
 * that its body is. Bytes in, bytes out; no sockets, no messages.
 *
 * <p>Who may call it: transport, dispatch, client. It imports only the SPI's {@code Compression} and {@code Refusal},
 * so that the letters of the envelope and the words for a broken one exist once. Begin reading at
 * {@link io.framegate.wire.FrameHeader}.
 */
@NullMarked
package io.framegate.wire;

import org.jspecify.annotations.NullMarked;
