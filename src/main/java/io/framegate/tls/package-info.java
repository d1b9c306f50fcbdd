/**
 * TLS over a socket channel, for both ends: {@link io.framegate.tls.TlsChannel} is a channel like the socket's own, so
 * that what reads and writes above it does not know the difference. Keys and certificates come from PEM or PKCS #12
 * files; {@link io.framegate.tls.TlsContext} takes new ones while the server runs.
 *
 * <p>Who may call it: transport, the client, the configuration. Begin reading at {@link io.framegate.tls.TlsChannel}.
 */
@NullMarked
package io.framegate.tls;

import org.jspecify.annotations.NullMarked;
