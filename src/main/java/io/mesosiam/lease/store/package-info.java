/**
 * Leases, audit events and withdrawals in PostgreSQL.
 *
 * <p>In: entries of the journal. Out: rows, written in batches, each under the host's epoch, so that a controller that has lost a
 * host can't write for it. Reads the rows of withdrawals and of the leases that a restarted controller adopts. The package decides
 * nothing about leases.
 */
@NullMarked
package io.mesosiam.lease.store;

import org.jspecify.annotations.NullMarked;
