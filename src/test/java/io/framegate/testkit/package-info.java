/** What tests of several packages share. Begin reading at {@link io.framegate.testkit.TestDatabase}. */
@NullMarked
package io.framegate.testkit;

import org.jspecify.annotations.NullMarked;
