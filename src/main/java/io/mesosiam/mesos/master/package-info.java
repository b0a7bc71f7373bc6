/**
 * Reads the Mesos master.
 *
 * <p>In: the master's operator stream, its {@code /state}, {@code /flags} and {@code /metrics/snapshot}. Out: events
 * for {@code mesos.model}, and each new state to the listener of {@link io.mesosiam.mesos.master.ClusterWatch}. All
 * HTTP, retries and threads of the watch are in this package; {@code mesos.json} reads the bodies.
 */
@NullMarked
package io.mesosiam.mesos.master;

import org.jspecify.annotations.NullMarked;
