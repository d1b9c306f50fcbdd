/**
 * Messages as JSON, by the contract alone: for pages and programs that have no records.
 *
 * <p>Who may call it: ops, and the command line. Begin reading at {@link io.framegate.contract.json.MessageJson}.
 */
@NullMarked
package io.framegate.contract.json;

import org.jspecify.annotations.NullMarked;
