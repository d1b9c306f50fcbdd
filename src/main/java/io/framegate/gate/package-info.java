/**
 * A gate as one object: {@link io.framegate.gate.Gate} binds a port, reads frames, has workers answer them, and is paused, drained and
 * closed. It needs no container; one that has the gate gives it threads, workers and what surrounds each request.
 */
@NullMarked
package io.framegate.gate;

import org.jspecify.annotations.NullMarked;
