package io.mesosiam.policy;

import io.mesosiam.policy.Rule.Effect;

/**
 * The result of one policy in one decision: one line of the explanation.
 *
 * @param policyName the row's name, prefixed with the namespace unless that is the root; for operators
 * @param effect whether the row allows or denies
 */
public record Verdict(PolicyId policy, String policyName, Effect effect, int priority, Result result, String why) {
    /** How the policy contributed to the decision. */
    public enum Result {
        /** Its selectors hold and it is part of the result. */
        APPLIED,
        /** Its selectors hold, but another policy takes precedence. */
        OVERRULED,
        /**
         * Its selectors hold, but its entitlement is withheld from this task: it is sensitive, or self-asserted values
         * aren't accepted.
         */
        WITHHELD,
        /** Its selectors hold or may hold, but it violates a bound of its namespaces and gives nothing. */
        OUT_OF_BOUNDS,
        /**
         * It is a launch grant, and its selectors hold, but it gives this launch nothing: it is suspended, has ended, is bound
         * to another launch, or is sensitive and the launch was not witnessed.
         */
        UNAVAILABLE,
        /** A selector does not hold; {@code why} names it. */
        NO_MATCH,
        /** No selector is known to fail, but the policy is disabled and takes no part in the decision. */
        DISABLED,
        /**
         * No selector is known to fail, but at least one value isn't known, or a launch grant is being bound; {@code why}
         * says which.
         */
        UNDECIDED
    }

    static Verdict of(Policy policy, Result result, String why) {
        return new Verdict(policy.id(), policy.path(), policy.rule().effect(), policy.priority(), result, why);
    }
}
