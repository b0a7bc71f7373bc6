package io.mesosiam.policy;

import io.mesosiam.policy.Verdict.Result;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A policy with its answers to most tasks made beforehand: a cluster has a hundred thousand tasks and hundreds of
 * policies, nearly all of which don't match.
 */
final class CompiledPolicy {
    private final Policy policy;
    private final Evaluation disabled;
    private final List<Evaluation> misses;
    private final List<Evaluation> undecided;
    private final List<Evaluation> unevaluable;
    /** What it says where every selector may hold, if it can't be a match; for a row that can't be used. */
    private final Optional<Evaluation> unsure;

    private CompiledPolicy(Policy policy, Optional<String> unsure) {
        this.policy = policy;
        this.unsure = unsure.map(why -> new Evaluation.Undecided(policy, Verdict.of(policy, Result.UNDECIDED, why)));
        this.disabled = misses("it is disabled");
        this.misses = policy.selectors().stream().map(s -> misses(s.misfit())).toList();
        this.undecided = policy.selectors().stream().map(this::undecided).toList();
        this.unevaluable = policy.selectors().stream()
                .map(s -> misses(s.attribute().words() + " can't be evaluated: its value came damaged"))
                .toList();
    }

    static CompiledPolicy of(Policy policy) {
        return new CompiledPolicy(policy, Optional.empty());
    }

    /** Empty if the row denies nothing. */
    static Stream<CompiledPolicy> of(UnusableRow unusable) {
        RejectedRow row = unusable.row();
        Optional<String> unsure = Optional.of(
                        "the row can't be read (" + row.reason() + "), and may deny it: nothing new is given")
                .filter(_ -> row.consequence() == RejectedRow.Consequence.HOLDS_BACK);
        return unusable.deny().map(deny -> new CompiledPolicy(deny, unsure)).stream();
    }

    Policy policy() {
        return policy;
    }

    Evaluation judge(Subject subject, Trusts trusts) {
        if (!policy.enabled()) {
            return disabled;
        }
        int unknown = -1;
        int damaged = -1;
        List<Selector> selectors = policy.selectors();
        for (int i = 0; i < selectors.size(); i++) {
            switch (selectors.get(i).fit(subject)) {
                case HOLDS -> {}
                case FAILS -> {
                    return misses.get(i);
                }
                case UNKNOWN -> unknown = i;
                case UNEVALUABLE -> damaged = i;
            }
        }
        if (damaged >= 0 && policy.rule().effect() == Effect.ALLOW) {
            return unevaluable.get(damaged);
        }
        if (unknown >= 0) {
            return undecided.get(unknown);
        }
        if (unsure.isPresent()) {
            return unsure.get();
        }
        List<Selector> open = damaged < 0
                ? List.of()
                : selectors.stream()
                        .filter(selector -> selector.fit(subject) == MatchResult.UNEVALUABLE)
                        .toList();
        return new Evaluation.Matches(policy, trusts.selfAsserted(selectors, subject), open);
    }

    private Evaluation misses(String why) {
        return new Evaluation.Misses(policy, Verdict.of(policy, Result.NO_MATCH, why));
    }

    private Evaluation undecided(Selector selector) {
        String why = "can't be judged yet: " + selector.attribute().words() + " is not known";
        return new Evaluation.Undecided(policy, Verdict.of(policy, Result.UNDECIDED, why));
    }
}
