/**
 * Decides which task may have which credentials.
 *
 * <p>In: the policies at one version, and one task with its framework and Mesos agent. Out: one
 * {@link io.mesosiam.policy.Decision} with its reasons for each credential name. Decisions are pure: no I/O, no clock,
 * no logs. This package does not depend on the database, leases or STS; {@code policy.store} reads the policies, and
 * {@code policy.cluster} decides about many tasks. {@link io.mesosiam.policy.PolicySet} is the door.
 */
@NullMarked
package io.mesosiam.policy;

import org.jspecify.annotations.NullMarked;
