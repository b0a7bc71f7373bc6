/**
 * Issues, renews and reaps leases according to the plans of {@code lease.plan}.
 *
 * <p>In: marked launches, the cluster state, decisions, withdrawals, reports of hosts. Out: issued, renewed and reaped
 * leases. {@link io.mesosiam.lease.reconcile.Reconciler} is the door: it receives the events and runs the loop. {@code
 * LaunchPlanning} takes a launch from the queue, calls the pure planner, performs the plan and records the outcome; it
 * makes no decision itself. An event only marks a launch; a full pass repairs the effects of lost events. {@link
 * io.mesosiam.lease.reconcile.LeaseOverview} is what the API and the metrics read. This stage doesn't know who watches
 * the masters: it returns what concerns an earlier stage.
 */
@NullMarked
package io.mesosiam.lease.reconcile;

import org.jspecify.annotations.NullMarked;
