/**
 * Launch grants: an IAM role for one launch.
 *
 * <p>In: the grants that have not ended, as {@code lease.grant} reads them. Out: for one task, the grants that name it,
 * each in the form of a policy and with what the launch may do with it. {@code policy} compares them with the task and
 * combines them with the policies; decision 64 says why. Pure: no I/O, no clock, no logs. The door is
 * {@link io.mesosiam.policy.grant.GrantSet}.
 */
@NullMarked
package io.mesosiam.policy.grant;

import org.jspecify.annotations.NullMarked;
