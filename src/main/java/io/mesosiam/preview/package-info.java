/**
 * Says what a change of the policies would do, before it is made.
 *
 * <p>In: two sets of policies, and what is known of the running launches. Out: {@link io.mesosiam.preview.Effects}: who
 * gains, loses or changes credentials, and which leases end. The rules are those of {@code policy} and {@code
 * lease.plan}, applied to a copy of what is known until nothing changes any more; there are no rules of its own here.
 * Pure: no clock, no I/O, no logs. {@code preview.live} supplies what this controller knows.
 */
@NullMarked
package io.mesosiam.preview;

import org.jspecify.annotations.NullMarked;
