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

    Candidate(Policy policy) {
        this.policy = policy;
        this.disabled = misses("it is disabled");
        this.misses = policy.selectors().stream().map(s -> misses(s.misfit())).toList();
        this.undecided = policy.selectors().stream().map(this::undecided).toList();
    }

    Policy policy() {
        return policy;
    }

    Judgement judge(Subject subject, Trusts trusts) {
        if (!policy.enabled()) {
            return disabled;
        }
        int unknown = -1;
        List<Selector> selectors = policy.selectors();
        for (int i = 0; i < selectors.size(); i++) {
            switch (selectors.get(i).fit(subject)) {
                case HOLDS -> {}
                case FAILS -> {
                    return misses.get(i);
                }
                case UNKNOWN -> unknown = i;
            }
        }
        return unknown >= 0
                ? undecided.get(unknown)
                : new Judgement.Matches(policy, trusts.selfAsserted(selectors, subject));
    }

    private Judgement misses(String why) {
        return new Judgement.Misses(policy, Verdict.of(policy, Result.NO_MATCH, why));
    }

    private Judgement undecided(Selector selector) {
        String why = "can't be judged yet: " + selector.attribute().words() + " is not known";
        return new Judgement.Undecided(policy, Verdict.of(policy, Result.UNDECIDED, why));
    }
}
