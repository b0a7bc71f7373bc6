/**
 * Reads the Mesos master.
 *
 * <p>In: the master's operator stream, its {@code /state}, {@code /flags} and {@code /metrics/snapshot}. Out: events
 * for {@code mesos.model}, and each new state to the listener of {@link io.mesosiam.mesos.master.ClusterWatch}. All
 * HTTP, JSON, retries and threads of the watch are in this package: docs/decisions/0010-one-small-http-reader.md.
 */
@NullMarked
package io.mesosiam.mesos.master;

import org.jspecify.annotations.NullMarked;
