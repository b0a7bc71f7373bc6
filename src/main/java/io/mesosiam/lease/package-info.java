/**
 * Leases: the model, and the interfaces that the stage needs of others.
 *
 * <p>A {@link io.mesosiam.lease.Lease} says that one container may use one IAM role; it holds no secret. {@code lease.reconcile}
 * issues, renews and reaps leases; {@code lease.store} writes their rows. {@link io.mesosiam.lease.SessionSource} (STS) and
 * {@link io.mesosiam.lease.LeaseDelivery} (the agents) are implemented by later stages; this one knows neither.
 */
@NullMarked
package io.mesosiam.lease;

import org.jspecify.annotations.NullMarked;
