package io.mesosiam.policy;

import io.mesosiam.policy.Verdict.Result;
import java.util.List;

/**
 * The result of one policy for one task, before it is combined with other policies. Its verdict is made when it is asked for:
 * few are read, and each has its own texts.
 */
sealed interface Evaluation {
    Policy policy();

    /**
     * Every selector holds.
     *
     * @param selfAsserted the selectors whose values the task's framework chooses
     * @param unevaluable selectors of a deny that can't be evaluated for this task and therefore count as holding
     * @param unbound whether it is a launch grant that must be bound to the launch first
     */
    record Matches(Policy policy, List<Selector> selfAsserted, List<Selector> unevaluable, boolean unbound)
            implements Evaluation {
        Matches(Policy policy, List<Selector> selfAsserted, List<Selector> unevaluable) {
            this(policy, selfAsserted, unevaluable, false);
        }

        String why() {
            if (!unevaluable.isEmpty()) {
                return "can't be evaluated, which counts as matching for a deny: "
                        + String.join(
                                ", ",
                                unevaluable.stream()
                                        .map(s -> s.attribute().description())
                                        .distinct()
                                        .toList());
            }
            if (selfAsserted.isEmpty()) {
                return "every selector holds";
            }
            return "every selector holds; self-asserted: "
                    + String.join(
                            ", ",
                            selfAsserted.stream()
                                    .map(s -> s.attribute().description())
                                    .distinct()
                                    .toList());
        }
    }

    /** The policy takes no part in a decision. */
    sealed interface Misses extends Evaluation {
        /** The reason, in the decision for that credential name. */
        Verdict verdict(CredentialName name);
    }

    /** A selector doesn't hold. */
    record Fails(Policy policy, Selector selector) implements Misses {
        @Override
        public Verdict verdict(CredentialName name) {
            return Verdict.of(policy, Result.NO_MATCH, selector.mismatch());
        }
    }

    /** A selector of an allow can't be evaluated for this task. */
    record Unevaluable(Policy policy, Selector selector) implements Misses {
        @Override
        public Verdict verdict(CredentialName name) {
            return Verdict.of(
                    policy,
                    Result.NO_MATCH,
                    selector.attribute().description() + " can't be evaluated: its value is damaged");
        }
    }

    /** The task is outside a limit of the policy's namespaces. */
    record OutsideScope(Policy policy, TaskScope.Limit limit) implements Misses {
        @Override
        public Verdict verdict(CredentialName name) {
            return Verdict.of(policy, Result.NO_MATCH, limit.mismatch());
        }
    }

    /** No selector is known to fail, but the policy is disabled. */
    record Disabled(Policy policy) implements Misses {
        private static final String WHY = "no selector fails, but it is disabled";

        @Override
        public Verdict verdict(CredentialName name) {
            // the other name may have no decision of its own
            String why = policy.rule().concerns(name) ? WHY : WHY + ", and concerns another credential name";
            return Verdict.of(policy, Result.DISABLED, why);
        }
    }

    /**
     * An allow whose selectors hold or may hold, but that gives nothing: it violates a bound of its namespaces, or it is a
     * launch grant that isn't for this launch.
     *
     * @param result {@code OUT_OF_BOUNDS} or {@code UNAVAILABLE}
     * @param why for operators
     * @param what why, in a few words that the task may be shown
     */
    record GivesNothing(Policy policy, Result result, String why, String what) implements Evaluation {
        Verdict verdict() {
            return Verdict.of(policy, result, why);
        }
    }

    /** No selector fails, but the policy can't be evaluated now. */
    sealed interface Open extends Evaluation {
        String why();

        default Verdict verdict() {
            return Verdict.of(policy(), Result.UNDECIDED, why());
        }
    }

    /** The value of at least one selector isn't known. */
    record Undecided(Policy policy, String why) implements Open {}

    /** The row's effect can't be read: it may be a deny, or an allow that has given a lease. */
    record EffectUnknown(Policy policy, String why) implements Open {}
}
