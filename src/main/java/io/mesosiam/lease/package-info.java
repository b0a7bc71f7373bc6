/**
 * Keeping promises.
 *
 * <p>In: launches, decisions, the lease rows and withdrawals, what hosts hold. Out: leases issued, renewed and reaped.
 * Planning is pure; {@link io.mesosiam.lease.Reconciler} is the only place where a plan meets the world. The stage
 * declares what it needs of later ones ({@link io.mesosiam.lease.SessionSource}, {@link
 * io.mesosiam.lease.LeaseDelivery}) and refuses to know how STS is called or how agents are reached.
 */
@NullMarked
package io.mesosiam.lease;

import org.jspecify.annotations.NullMarked;
