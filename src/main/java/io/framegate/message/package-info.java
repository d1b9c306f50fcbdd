/**
 * The public SPI, which applications compile against. Entry point: {@link io.framegate.message.Worker}; called by: everyone. It
 * knows nothing but {@code java.*}.
 *
 * <p>A message is a record with {@link io.framegate.message.Message}. A {@link io.framegate.message.Worker} answers it, or refuses it
 * by a {@link io.framegate.message.Refusal}.
 */
@NullMarked
package io.framegate.message;

import org.jspecify.annotations.NullMarked;
