/**
 * Framegate: a binary TCP port for Jakarta EE. Here is {@link io.framegate.FramegateServer}, which wires the parts
 * together, and {@link io.framegate.GateLifecycle}, which has it opened and stopped in time.
 *
 * <p>The way of one request: {@code transport} cuts it out of the socket's bytes, {@code dispatch} finds its worker and
 * answers it by means of {@code wire} (envelope) and {@code codec} (fields), {@code transport} writes the reply in its
 * turn. {@code message} is all that an application sees of it. Begin reading at {@link io.framegate.FramegateServer},
 * or at {@link io.framegate.message.Worker}.
 */
@NullMarked
package io.framegate;

import org.jspecify.annotations.NullMarked;
