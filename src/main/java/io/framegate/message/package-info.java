/**
 * The public SPI: what a developer writes against. A message is a record with {@link io.framegate.message.Message},
 * its answer is made by a {@link io.framegate.message.Worker}, and {@link io.framegate.message.Refusal} says no in a
 * sentence that reaches the client.
 *
 * <p>Who may call it: everyone; it knows nothing but {@code java.*}. Begin reading at
 * {@link io.framegate.message.Worker}.
 */
@NullMarked
package io.framegate.message;

import org.jspecify.annotations.NullMarked;
