/**
 * Calls STS within a budget.
 *
 * <p>In: an entitlement for one launch. Out: the identity of its session, and for an identity one
 * {@link io.mesosiam.lease.SessionSource.SessionOutcome}: a session, a lasting refusal, or a temporary failure. Every
 * failure is such a value. This stage does not depend on leases' states or hosts, nor on when anything is renewed. It
 * keeps no session after it has returned it. {@link io.mesosiam.sts.StsSessions} is the door.
 */
@NullMarked
package io.mesosiam.sts;

import org.jspecify.annotations.NullMarked;
