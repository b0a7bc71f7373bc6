/**
 * Revokes credentials on request of an operator. {@link io.mesosiam.admin.revocation.Revocations} is the door.
 *
 * <p>In: a target and an author. Out: a withdrawal row, which controllers follow, rows for the sessions to deny at AWS, and what
 * the revocation covers. One transaction writes all rows. This stage ends no lease itself.
 */
@NullMarked
package io.mesosiam.admin.revocation;

import org.jspecify.annotations.NullMarked;
