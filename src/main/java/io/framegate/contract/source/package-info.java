/**
 * Keeps what only the source says: an annotation processor that writes the Javadoc of records, and which worker answers
 * which request, into {@code META-INF/framegate/contract.properties} beside the classes. So a field is documented once,
 * in its record, and the contract can still tell it at run time.
 *
 * <p>Who may call it: the compiler, for this project and for every application that has the classes of Framegate on its
 * class path when it is compiled. Begin reading at {@link io.framegate.contract.source.ContractProcessor}.
 */
@NullMarked
package io.framegate.contract.source;

import org.jspecify.annotations.NullMarked;
