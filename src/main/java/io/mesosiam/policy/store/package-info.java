/**
 * Reads the policies from PostgreSQL and follows their changes.
 *
 * <p>In: the rows of the tables {@code policy}, {@code attribute_trust} and {@code namespace}. Out: one {@link
 * io.mesosiam.policy.PolicySet} for each version of them, to the listener of {@link
 * io.mesosiam.policy.store.PolicyTable}. A row that can't be used affects no other row. This package decides nothing.
 */
@NullMarked
package io.mesosiam.policy.store;

import org.jspecify.annotations.NullMarked;
