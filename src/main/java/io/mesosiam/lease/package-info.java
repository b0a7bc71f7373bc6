/**
 * Leases: the model, and the interfaces that this stage requires from others.
 *
 * <p>A {@link io.mesosiam.lease.Lease} states that one container may use one IAM role; it holds no secret. {@code
 * lease.plan} decides which leases are issued, renewed and reaped; {@code lease.reconcile} does it; {@code lease.store}
 * writes their rows. Later stages implement {@link io.mesosiam.lease.SessionSource} (STS) and
 * {@link io.mesosiam.lease.LeaseDelivery} (the agents); this stage depends on neither.
 */
@NullMarked
package io.mesosiam.lease;

import org.jspecify.annotations.NullMarked;
