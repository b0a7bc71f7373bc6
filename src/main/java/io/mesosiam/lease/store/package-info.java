/**
 * Leases, audit events and withdrawals in PostgreSQL.
 *
 * <p>In: journal entries. Out: rows, written in batches, each under the host's epoch, so that a controller that has
 * lost a host can't write for it. The package also reads withdrawals, and the leases that a restarted controller
 * adopts. It makes no decisions about leases. {@link io.mesosiam.lease.store.BatchedJournal} writes;
 * {@link io.mesosiam.lease.store.LeaseTable} and {@link io.mesosiam.lease.store.WithdrawalTable} read.
 */
@NullMarked
package io.mesosiam.lease.store;

import org.jspecify.annotations.NullMarked;
