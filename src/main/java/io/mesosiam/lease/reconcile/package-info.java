/**
 * From the cluster and the policy to leases.
 *
 * <p>In: marked launches, the cluster's state, decisions, withdrawals, what hosts hold. Out: leases issued, renewed and reaped.
 * {@link io.mesosiam.lease.reconcile.Reconciler} takes a launch from the queue, asks the pure planner, performs the plan and records the
 * outcome; it decides nothing itself. A plan uses no clock and no I/O. An event only marks a launch; a full pass repairs what an
 * event has missed.
 */
@NullMarked
package io.mesosiam.lease.reconcile;

import org.jspecify.annotations.NullMarked;
