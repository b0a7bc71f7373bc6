/**
 * Serves the values that the other parts count, in Prometheus's format, on a separate port. Depends on none of the
 * parts.
 */
@NullMarked
package io.mesosiam.agent.metrics;

import org.jspecify.annotations.NullMarked;
