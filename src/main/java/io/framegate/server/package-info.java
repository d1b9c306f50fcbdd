/**
 * The gate's life in a Jakarta EE application. Entry point: {@link io.framegate.server.FramegateServer}, the only EJB, which reads
 * the configuration, finds the workers and opens a {@link io.framegate.gate.Gate}; {@link io.framegate.server.GateLifecycle}
 * has it do so, and stop, in time. Nothing else knows this package.
 *
 * <p>The way of one request: {@code transport} cuts it out of the socket's bytes, {@code dispatch} finds its worker and
 * answers it by means of {@code wire} (envelope) and {@code codec} (fields), {@code transport} writes the reply in its
 * turn. {@code message} is all that an application sees of it.
 */
@NullMarked
package io.framegate.server;

import org.jspecify.annotations.NullMarked;
