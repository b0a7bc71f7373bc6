/**
 * Decides which task may have which credentials.
 *
 * <p>In: the rows of the policy table, and one task with its framework and Mesos agent. Out: one {@link
 * io.mesosiam.policy.Decision} with its reasons for each credential name. Decisions are pure: no I/O, no clock, no
 * logs. This stage does not depend on leases or STS.
 */
@NullMarked
package io.mesosiam.policy;

import org.jspecify.annotations.NullMarked;
