/**
 * A gate as one object, without a container. Entry point: {@link io.framegate.gate.Gate}, which opens a port, and pauses, drains and closes
 * it; called by: {@code server}, which adds the container's threads, workers and transactions, and tests.
 */
@NullMarked
package io.framegate.gate;

import org.jspecify.annotations.NullMarked;
