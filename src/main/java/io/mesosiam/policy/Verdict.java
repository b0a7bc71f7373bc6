package io.mesosiam.policy;

/**
 * What became of one policy in one decision: a line of the explanation.
 *
 * @param policyName the row's own name, for people
 * @param effect whether the row allows or denies
 */
public record Verdict(PolicyId policy, String policyName, Effect effect, int priority, Result result, String why) {
    /** How the policy fared. */
    public enum Result {
        /** Its selectors hold and it is part of the answer. */
        APPLIED,
        /** Its selectors hold, but another policy comes before it. */
        OVERRULED,
        /** Its selectors hold, but it gives this task nothing: sensitive, or self-asserted where that isn't accepted. */
        WITHHELD,
        /** A selector does not hold; {@code why} names it. */
        NO_MATCH
    }
}
