/**
 * A simulated Mesos master: the operator's part of the HTTP API, over a model of a cluster.
 *
 * <p>In: changes of a cluster, as calls on {@link io.mesosiam.sandbox.mesos.SandboxCluster} or, between processes, as
 * {@link io.mesosiam.sandbox.mesos.Operation}s. Out: the bodies, streams, event orders and omissions of a real Mesos
 * 1.12 master, as recorded. Tests compare them with the recordings.
 */
@NullMarked
package io.mesosiam.sandbox.mesos;

import org.jspecify.annotations.NullMarked;
