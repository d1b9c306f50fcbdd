/** A guest that contradicts the gate: its worker takes an id that has one already. */
@NullMarked
package io.framegate.guest.twice;

import org.jspecify.annotations.NullMarked;
