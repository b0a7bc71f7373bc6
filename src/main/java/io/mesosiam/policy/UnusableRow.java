package io.mesosiam.policy;

import io.mesosiam.policy.Rule.Effect;
import java.util.Locale;
import java.util.Optional;

/**
 * A row that can't be used, with its readable parts. An unusable allow gives nothing. An unusable deny still denies: a
 * column that can't be read counts as matching. If the row doesn't determine which tasks a deny concerns, or whether it
 * is a deny, it ends no lease, and the tasks that it may concern get nothing new.
 *
 * @param deny the readable parts of a row that is or may be a deny
 */
public record UnusableRow(RejectedRow row, Optional<Policy> deny) {
    /**
     * A row of the policy table that can't be used. Other rows are not affected.
     *
     * @param name the row's name, for operators
     * @param effect empty if it can't be read
     * @param reason the problem, for operators; begins with the column
     */
    public record RejectedRow(
            PolicyId policy, String name, Optional<Effect> effect, String reason, Consequence consequence) {
        /** The effect of an unusable row on decisions. */
        public enum Consequence {
            /** The row is an allow; it gives nothing. */
            NONE,
            /** The row is a deny; selectors that can't be read count as matching. */
            DENIES,
            /**
             * The row is or may be a deny, and its tasks are not known. Tasks that it may concern get nothing new and keep
             * what they hold.
             */
            HOLDS_BACK;

            /** The value in logs and in the API, such as {@code holds-back}. */
            public String text() {
                return name().toLowerCase(Locale.ROOT).replace('_', '-');
            }
        }
    }
}
