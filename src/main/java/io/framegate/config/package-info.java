/**
 * The gate's settings: {@link io.framegate.config.GateConfig} is one validated record,
 * {@link io.framegate.config.ConfigReader} fills it from MicroProfile Config and is the only class that knows that API.
 *
 * <p>Who may call it: the server at start, ops for showing. Begin reading at {@link io.framegate.config.GateConfig}.
 */
@NullMarked
package io.framegate.config;

import org.jspecify.annotations.NullMarked;
