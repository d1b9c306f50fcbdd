/**
 * The gate's settings: {@link io.framegate.config.GateConfig} is one validated record,
 * {@link io.framegate.config.ConfigReader} fills it from MicroProfile Config and is the only class that knows that API.
 * {@link io.framegate.config.DynamicConfig} is what is in force while the gate runs.
 *
 * <p>Who may call it: the server, ops for showing and changing. Begin reading at {@link io.framegate.config.GateConfig}.
 */
@NullMarked
package io.framegate.config;

import org.jspecify.annotations.NullMarked;
