/**
 * Withdrawals as operators write them. {@link io.mesosiam.admin.withdrawal.Withdrawals} is the door.
 *
 * <p>In: which launches are concerned, with the author. Out: the stored row, or the reason for a refusal. Each write is one
 * transaction with its audit event, as in {@code admin}; controllers follow the table. This package ends no lease itself.
 */
@NullMarked
package io.mesosiam.admin.withdrawal;

import org.jspecify.annotations.NullMarked;
