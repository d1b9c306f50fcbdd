/** A guest that throws: for the test that sends to it, and no other. */
@NullMarked
package io.framegate.guest.odd;

import org.jspecify.annotations.NullMarked;
