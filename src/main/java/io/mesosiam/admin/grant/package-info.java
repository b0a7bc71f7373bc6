/**
 * Launch grants as programs ask for them. {@link io.mesosiam.admin.grant.LaunchGrants} is the door.
 *
 * <p>In: which launch gets which IAM role and for how long, with the author. Out: the stored row, or the reason for a refusal.
 * Each write is one transaction with its audit event, as in {@code admin}; controllers follow the table, bind grants and end
 * them. This package binds nothing and ends no lease itself.
 */
@NullMarked
package io.mesosiam.admin.grant;

import org.jspecify.annotations.NullMarked;
