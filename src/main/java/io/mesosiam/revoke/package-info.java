/**
 * Denies revoked sessions at AWS.
 *
 * <p>In: rows of the table {@code session_denial}. Out: inline policies of IAM roles, which are removed again when the
 * last denied session has expired. One controller at a time works on a row, which it locks; a restart or a lost answer
 * only repeats a call that is idempotent. This stage does not know leases or policies. It uses a role of its own in each
 * account, never the credentials that assume the roles of tasks. {@link io.mesosiam.revoke.SessionDenials} starts it.
 */
@NullMarked
package io.mesosiam.revoke;

import org.jspecify.annotations.NullMarked;
