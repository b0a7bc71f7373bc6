/**
 * Revocations as they stand: {@link io.mesosiam.api.revocation.RevocationsResource} lists them and shows one, {@code
 * api.admin} makes them.
 *
 * <p>In: the withdrawals and the denials of sessions at AWS. Out: what was revoked, whether it stands, and how far each denial
 * has come.
 */
@NullMarked
package io.mesosiam.api.revocation;

import org.jspecify.annotations.NullMarked;
