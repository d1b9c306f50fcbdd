/**
 * Running info: what the gate counts. {@link io.framegate.metrics.GateMetrics} is the one seam behind which the counters
 * are; {@code MetricsPublisher}, which shows them to MicroProfile Metrics, is the only class that knows that API.
 *
 * <p>Who may call it: transport and dispatch count, ops reads. Begin reading at
 * {@link io.framegate.metrics.GateMetrics}.
 */
@NullMarked
package io.framegate.metrics;

import org.jspecify.annotations.NullMarked;
