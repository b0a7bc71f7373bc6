/**
 * Serves the values that the other parts count, in Prometheus's format, on a separate port. Depends on none of the
 * parts. {@link io.mesosiam.agent.metrics.MetricsEndpoint} is the door; the other parts implement
 * {@link io.mesosiam.agent.metrics.MetricSource}.
 */
@NullMarked
package io.mesosiam.agent.metrics;

import org.jspecify.annotations.NullMarked;
