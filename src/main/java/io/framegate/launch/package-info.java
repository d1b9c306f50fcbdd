/**
 * The run command: PostgreSQL where none is configured, then Payara Micro with the WAR, until Ctrl-C; for trying and
 * developing. In production nothing of this is used, see {@code payara-config}.
 *
 * <p>Who may call it: Maven ({@code mvn -Prun}), and tests that want a real PostgreSQL. It is packaged nowhere. Begin
 * reading at {@link io.framegate.launch.Launcher}.
 */
@NullMarked
package io.framegate.launch;

import org.jspecify.annotations.NullMarked;
