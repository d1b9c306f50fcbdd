/**
 * Traces: {@link io.framegate.telemetry.RequestSpans} makes a span of each request, and is the only class that knows
 * OpenTelemetry.
 *
 * <p>Who may call it: the server, where traces are switched on.
 */
@NullMarked
package io.framegate.telemetry;

import org.jspecify.annotations.NullMarked;
