/**
 * Deciding who gets what.
 *
 * <p>In: the rows of the policy table, one task with its framework and Mesos agent. Out: for each credential name one
 * {@link io.mesosiam.policy.Decision} with the reasons for it. The decision is pure: no I/O, no clock, no logs. The
 * stage refuses to know leases and STS.
 */
@NullMarked
package io.mesosiam.policy;

import org.jspecify.annotations.NullMarked;
