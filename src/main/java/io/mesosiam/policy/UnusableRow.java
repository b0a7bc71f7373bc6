package io.mesosiam.policy;

import io.mesosiam.policy.PolicySet.RejectedRow;
import java.util.Optional;

/**
 * A row that can't be used, with its readable parts. An unusable allow gives nothing. An unusable deny still denies: a
 * column that can't be read counts as matching. If the row doesn't determine which tasks a deny concerns, or whether it
 * is a deny, it ends no lease, and the tasks that it may concern get nothing new.
 *
 * @param deny the readable parts of a row that is or may be a deny
 */
public record UnusableRow(RejectedRow row, Optional<Policy> deny) {}
