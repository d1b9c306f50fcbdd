/**
 * The commands {@code contract} and {@code explain}: they need no server, only the records on the class path.
 *
 * <p>Who may call it: the command line finds them as its guests. It is packaged beside the WAR, never in it. Begin reading
 * at {@link io.framegate.contract.command.ContractCommand}.
 */
@NullMarked
package io.framegate.contract.command;

import org.jspecify.annotations.NullMarked;
