/**
 * The contract for programs of other languages: clients, a description for Kaitai Struct, a dissector for Wireshark. What
 * does not depend on the messages is in a template, a file of that language beside the classes; the rest is written into
 * it.
 *
 * <p>Who may call it: ops, and the command line. Begin reading at {@link io.framegate.contract.generate.Output}.
 */
@NullMarked
package io.framegate.contract.generate;

import org.jspecify.annotations.NullMarked;
