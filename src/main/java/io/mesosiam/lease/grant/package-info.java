/**
 * Reads table {@code launch_grant} and follows it, and writes which launch a grant is bound to, and its suspension and end.
 *
 * <p>In: rows; what the reconciler finds that launches make of grants. Out: a {@link io.mesosiam.policy.grant.GrantSet} after
 * each change. It doesn't decide whether a grant fits. The door is
 * {@link io.mesosiam.lease.grant.GrantTable}.
 */
@NullMarked
package io.mesosiam.lease.grant;

import org.jspecify.annotations.NullMarked;
