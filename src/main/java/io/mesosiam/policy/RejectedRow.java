package io.mesosiam.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * A row of the policy table that can't be used; the others are.
 *
 * @param name the row's own, for people
 * @param effect empty if it can't be read
 * @param reason what is wrong with it, for operators; begins with the column
 */
public record RejectedRow(
        PolicyId policy, String name, Optional<Effect> effect, String reason, Consequence consequence) {
    /** What the row does although it can't be used. */
    public enum Consequence {
        /** It allows: it gives nothing. */
        NONE,
        /** It denies: what can't be read of it counts as matching. */
        DENIES,
        /** It denies or may deny, and doesn't say which tasks: those that it may concern get nothing new and keep what they hold. */
        HOLDS_BACK;

        /** As logs and the API have it: {@code holds-back}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
