/**
 * Where the gate looks up who there is: passwords in the application server's identity stores, tokens by the keys of an
 * identity provider. The one place that knows Jakarta Security and the library for JSON Web Tokens.
 *
 * <p>Who may call it: the server; logins reach it through {@link io.framegate.session.Identities}. Begin reading at
 * {@link io.framegate.identity.ContainerIdentities}.
 */
@NullMarked
package io.framegate.identity;

import org.jspecify.annotations.NullMarked;
