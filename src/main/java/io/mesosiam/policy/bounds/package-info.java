/**
 * The bounds that namespaces set for their policies.
 *
 * <p>In: the rows of the table {@code namespace} as {@link io.mesosiam.policy.bounds.Namespace}s, and one policy. Out: the
 * {@link io.mesosiam.policy.NamespaceLimits.Placement} of the policy within the bounds of its namespace and of all
 * namespaces above it. Pure: no I/O, no clock, no logs. The trigger {@code policy_within_bounds} of the database decides
 * the same when a row is written.
 */
@NullMarked
package io.mesosiam.policy.bounds;

import org.jspecify.annotations.NullMarked;
