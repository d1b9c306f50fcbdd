/**
 * The smallest guest: the message by which a client learns that it is talking to a Framegate at all. It uses nothing
 * but the SPI, so it is also the shortest example. Begin reading at {@link io.framegate.welcome.WelcomeWorker}.
 */
@NullMarked
package io.framegate.welcome;

import org.jspecify.annotations.NullMarked;
