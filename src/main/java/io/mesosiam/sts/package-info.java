/**
 * Spending STS calls well.
 *
 * <p>In: an entitlement for one launch. Out: the identity of its session, and for an identity one {@link
 * io.mesosiam.lease.SessionOutcome}: a session, a lasting refusal, or no answer for now. Every failure is such a value.
 * The stage refuses to know leases, hosts, and when anything is renewed; it holds no session after it has handed it on.
 */
@NullMarked
package io.mesosiam.sts;

import org.jspecify.annotations.NullMarked;
