/**
 * What the messages of an application are, told to others: the {@link io.framegate.contract.Contract} is read from the
 * records, and everything else is generated from it. {@code page} writes it for people, {@code generate} for programs of
 * other languages, {@code explain} takes frames apart with it, {@code source} keeps the Javadoc of the records.
 *
 * <p>Who may call it: ops, and the command line. It knows no guest: a contract is made of the routes of a running gate, or
 * of what the class path has. Begin reading at {@link io.framegate.contract.Contract}.
 */
@NullMarked
package io.framegate.contract;

import org.jspecify.annotations.NullMarked;
