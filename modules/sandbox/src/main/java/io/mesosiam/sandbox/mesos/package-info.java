/**
 * A Mesos master to try things with: the operator's side of the HTTP API, over a model of a cluster.
 *
 * <p>In: what happens in a cluster, as calls on {@link io.mesosiam.sandbox.mesos.SandboxCluster} or, between processes, as
 * {@link io.mesosiam.sandbox.mesos.Operation}s. Out: the bodies, streams, orders of events and omissions of a real
 * Mesos 1.12 master, as they were recorded. Tests replay them next to the recordings.
 */
@NullMarked
package io.mesosiam.sandbox.mesos;

import org.jspecify.annotations.NullMarked;
