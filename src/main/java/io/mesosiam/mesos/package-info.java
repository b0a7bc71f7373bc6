/**
 * Records of the cluster: tasks, launches, frameworks, Mesos agents.
 *
 * <p>The entry point is {@link io.mesosiam.mesos.ClusterState}, an immutable, versioned view of the complete cluster.
 * Later stages use only this package. {@code mesos.model} computes these records, {@code mesos.json} reads them from JSON,
 * and {@code mesos.master} requests them from the Mesos master. The package uses no HTTP and no JSON, and no policy, lease or AWS types.
 */
@NullMarked
package io.mesosiam.mesos;

import org.jspecify.annotations.NullMarked;
