package io.mesosiam.policy;

import java.util.List;

/** One policy held against one task, before anybody looks at the other policies. */
sealed interface Evaluation {
    Policy policy();

    /**
     * Every selector holds.
     *
     * @param selfAsserted those that only the task's own framework vouches for
     * @param unevaluable those of a deny that can't be evaluated for this task and therefore count as holding
     */
    record Matches(Policy policy, List<Selector> selfAsserted, List<Selector> unevaluable) implements Evaluation {
        String why() {
            if (!unevaluable.isEmpty()) {
                return "can't be evaluated, which counts as matching for a deny: "
                        + String.join(
                                ", ",
                                unevaluable.stream()
                                        .map(s -> s.attribute().words())
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
                                    .map(s -> s.attribute().words())
                                    .distinct()
                                    .toList());
        }
    }

    /** A selector doesn't hold, or the policy is disabled: the verdict names it. */
    record Misses(Policy policy, Verdict verdict) implements Evaluation {}

    /** All that is known fits, but not all is known: the verdict names what isn't. */
    record Undecided(Policy policy, Verdict verdict) implements Evaluation {}
}
