/**
 * The command line, {@code framegate}: the options of the connection, the errors and the exit codes. It knows no guest;
 * those bring their commands along as {@link io.framegate.client.cli.CommandExtension}s.
 *
 * <p>Who may call it: a person, and the commands of guests. It is packaged beside the WAR, never in it. Begin reading at
 * {@link io.framegate.client.cli.FramegateCommand}.
 */
@NullMarked
package io.framegate.client.cli;

import org.jspecify.annotations.NullMarked;
