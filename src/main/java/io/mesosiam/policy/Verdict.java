package io.mesosiam.policy;

/**
 * What became of one policy in one decision: a line of the explanation.
 *
 * @param policyName the row's own name, after its namespace if that isn't the root; for people
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
        NO_MATCH,
        /** Its selectors hold as far as can be told; {@code why} names what isn't known. */
        UNDECIDED
    }

    static Verdict of(Policy policy, Result result, String why) {
        return new Verdict(policy.id(), policy.path(), policy.rule().effect(), policy.priority(), result, why);
    }
}
