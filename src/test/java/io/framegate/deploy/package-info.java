/** What is in {@code payara-config}, checked by the programs that it is for. */
@NullMarked
package io.framegate.deploy;

import org.jspecify.annotations.NullMarked;
