/**
 * What each connection has agreed on, and who its client is. Entry point: {@link io.framegate.session.Session}, one for each
 * connection; called by: dispatch, which keeps the sessions, and the server. Workers see a session as
 * {@link io.framegate.message.Caller}.
 *
 * <p>{@link io.framegate.session.HelloWorker} negotiates extensions of version 1 of the protocol;
 * {@link io.framegate.session.LoginWorker} and {@link io.framegate.session.TokenLoginWorker} authenticate. A client that
 * sends none of their messages sees none of it.
 */
@NullMarked
package io.framegate.session;

import org.jspecify.annotations.NullMarked;
