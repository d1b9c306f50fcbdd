/** The benchmark's own guest in the gate: the welcome once more, by a worker that may wait. */
@NullMarked
package io.framegate.bench.guest;

import org.jspecify.annotations.NullMarked;
