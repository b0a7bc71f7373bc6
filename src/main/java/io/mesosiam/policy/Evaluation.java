package io.mesosiam.policy;

import java.util.List;

/** The result of one policy for one task, before it is combined with other policies. */
sealed interface Evaluation {
    Policy policy();

    /**
     * Every selector holds.
     *
     * @param selfAsserted the selectors whose values the task's framework chooses
     * @param unevaluable selectors of a deny that can't be evaluated for this task and therefore count as holding
     */
    record Matches(Policy policy, List<Selector> selfAsserted, List<Selector> unevaluable) implements Evaluation {
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

    /** A selector doesn't hold, or the policy is disabled; the verdict names the reason. */
    record Misses(Policy policy, Verdict verdict) implements Evaluation {}

    /** No selector fails, but the policy can't be evaluated now; the verdict says why. */
    sealed interface Open extends Evaluation {
        Verdict verdict();
    }

    /** The value of at least one selector isn't known. */
    record Undecided(Policy policy, Verdict verdict) implements Open {}

    /** The row's effect can't be read: it may be a deny, or an allow that has given a lease. */
    record EffectUnknown(Policy policy, Verdict verdict) implements Open {}
}
