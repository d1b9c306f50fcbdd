/**
 * A small guest for the tests in the container: workers that use what the container gives. Begin reading at
 * {@link io.framegate.guest.AddNoteWorker}.
 */
@NullMarked
package io.framegate.guest;

import org.jspecify.annotations.NullMarked;
