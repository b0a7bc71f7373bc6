/**
 * Plans one launch: compares the leases that policy gives with those that exist.
 *
 * <p>In: a {@link io.mesosiam.lease.plan.LaunchView}, everything that is known of one launch at one moment. Out: a
 * {@link io.mesosiam.lease.plan.LeasePlan}, the ordered {@link io.mesosiam.lease.plan.LeaseAction actions} that bring
 * the launch to the desired state. {@link io.mesosiam.lease.plan.LeasePlanner} has the rules. Everything here is pure:
 * no clock, no I/O, no logs. How a view is built and how an action is performed is the task of {@code lease.reconcile}.
 */
@NullMarked
package io.mesosiam.lease.plan;

import org.jspecify.annotations.NullMarked;
