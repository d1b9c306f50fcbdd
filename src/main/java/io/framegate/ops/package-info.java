/**
 * What operators look at: health, and the running info as a page and as JSON.
 *
 * <p>Who may call it: nobody; the container does. Begin reading at {@link io.framegate.ops.RunningInfoResource}.
 */
@NullMarked
package io.framegate.ops;

import org.jspecify.annotations.NullMarked;
