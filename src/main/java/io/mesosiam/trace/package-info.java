/**
 * Traces of leases, as OpenTelemetry describes them: from a change of the cluster to the agent's confirmation.
 *
 * <p>In: the steps of leases, from the stages. Out: spans to a receiver of OTLP. Without a receiver nothing of
 * OpenTelemetry is loaded. The package knows no stage, and decides nothing (docs/decisions/0079). {@link
 * io.mesosiam.trace.Traces} is the door.
 */
@NullMarked
package io.mesosiam.trace;

import org.jspecify.annotations.NullMarked;
