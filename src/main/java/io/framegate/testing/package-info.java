/**
 * A gate for the tests of a guest: whole, on a real socket, and without a container. It is in the jar of classes that guests
 * compile against, and not in the WAR.
 *
 * <p>Who may call it: tests. Begin reading at {@link io.framegate.testing.FramegateTest}.
 */
@NullMarked
package io.framegate.testing;

import org.jspecify.annotations.NullMarked;
