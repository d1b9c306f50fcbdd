/**
 * What one connection has agreed on and who is at its other end: a {@link io.framegate.session.Session} is kept for each
 * connection, {@link io.framegate.session.HelloWorker} lets a client ask for more than version 1 of the protocol gives, and
 * {@link io.framegate.session.LoginWorker} and {@link io.framegate.session.TokenLoginWorker} make it known.
 *
 * <p>A client that sends none of these messages sees none of it.
 *
 * <p>Who may call it: dispatch, which keeps the sessions, and the server. Workers see a session as the SPI's
 * {@link io.framegate.message.Caller}. Begin reading at {@link io.framegate.session.Session}.
 */
@NullMarked
package io.framegate.session;

import org.jspecify.annotations.NullMarked;
