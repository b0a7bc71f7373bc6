package io.mesosiam.policy;

import io.mesosiam.policy.Verdict.Result;
import java.util.List;

/**
 * A policy with its answers to most tasks made beforehand: a cluster has a hundred thousand tasks and hundreds of
 * policies, nearly all of which don't match.
 */
final class Candidate {
    private final Policy policy;
    private final Judgement disabled;
    private final List<Judgement> misses;
    private final List<Judgement> undecided;
    private final List<Judgement> unevaluable;

    Candidate(Policy policy) {
        this.policy = policy;
        this.disabled = misses("it is disabled");
        this.misses = policy.selectors().stream().map(s -> misses(s.misfit())).toList();
        this.undecided = policy.selectors().stream().map(this::undecided).toList();
        this.unevaluable = policy.selectors().stream()
                .map(s -> misses(s.attribute().words() + " can't be evaluated: its value came damaged"))
                .toList();
    }

    Policy policy() {
        return policy;
    }

    Judgement judge(Subject subject, Trusts trusts) {
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
        List<Selector> open = damaged < 0
                ? List.of()
                : selectors.stream()
                        .filter(selector -> selector.fit(subject) == Fit.UNEVALUABLE)
                        .toList();
        return new Judgement.Matches(policy, trusts.selfAsserted(selectors, subject), open);
    }

    private Judgement misses(String why) {
        return new Judgement.Misses(policy, Verdict.of(policy, Result.NO_MATCH, why));
    }

    private Judgement undecided(Selector selector) {
        String why = "can't be judged yet: " + selector.attribute().words() + " is not known";
        return new Judgement.Undecided(policy, Verdict.of(policy, Result.UNDECIDED, why));
    }
}
