/**
 * A Mesos cluster as its leading master sees it.
 *
 * <p>In: what schedulers, Mesos agents and operators do, as calls on {@link
 * io.mesosiam.sandbox.cluster.SandboxCluster}. Out: a {@link io.mesosiam.sandbox.cluster.ClusterView} of the moment, and
 * the events of each change in the order of a real master. No HTTP and no JSON: {@code sandbox.mesos} serves both.
 */
@NullMarked
package io.mesosiam.sandbox.cluster;

import org.jspecify.annotations.NullMarked;
