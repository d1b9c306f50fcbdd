/**
 * The gate's counters. Entry point: {@link io.framegate.metrics.GateMetrics}; transport and dispatch count, ops and
 * {@code MetricsPublisher} read.
 */
@NullMarked
package io.framegate.metrics;

import org.jspecify.annotations.NullMarked;
