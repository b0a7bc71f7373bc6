/**
 * Records of the cluster: tasks, launches, frameworks, Mesos agents.
 *
 * <p>The door is {@link io.mesosiam.mesos.ClusterState}, an immutable, versioned view of the whole cluster. Later stages see
 * only this package. {@code mesos.model} computes these records, {@code mesos.master} reads them from the Mesos master. The
 * package knows neither HTTP nor JSON, and no policy, lease or AWS type.
 */
@NullMarked
package io.mesosiam.mesos;

import org.jspecify.annotations.NullMarked;
