/**
 * Load, as a client makes it: for figures, not for tests. Begin reading at {@link io.framegate.bench.WelcomeLoad}.
 */
@NullMarked
package io.framegate.bench;

import org.jspecify.annotations.NullMarked;
