/**
 * Join tokens and hosts as operators manage them. {@link io.mesosiam.admin.host.JoinTokens} and {@link
 * io.mesosiam.admin.host.Hosts} are the doors.
 *
 * <p>In: which hosts may enrol and which are evicted, with the author. Out: the stored rows, or the reason for a refusal. Each
 * write is one transaction with its audit event, as in {@code admin}; controllers follow the tables. This package signs nothing
 * and knows no secret of a token, only its hash.
 */
@NullMarked
package io.mesosiam.admin.host;

import org.jspecify.annotations.NullMarked;
