/**
 * Watching the cluster.
 *
 * <p>In: the Mesos master's operator stream, its {@code /state}, {@code /flags} and {@code /metrics/snapshot}. Out: an
 * immutable, versioned {@link io.mesosiam.mesos.ClusterState} and, with each new version, the launches worth another
 * look. The stage refuses to know policies, leases and AWS; what it asks of later stages it declares itself ({@link
 * io.mesosiam.mesos.RunningContainers}).
 */
@NullMarked
package io.mesosiam.mesos;

import org.jspecify.annotations.NullMarked;
