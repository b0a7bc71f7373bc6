package io.mesosiam.policy;

import io.mesosiam.policy.PolicySet.RejectedRow;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector.MatchResult;
import io.mesosiam.policy.Verdict.Result;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A policy with precomputed results for most tasks: a cluster has a hundred thousand tasks and hundreds of policies,
 * and nearly all pairs don't match.
 */
final class CompiledPolicy {
    private final Policy policy;
    private final Evaluation disabled;
    private final boolean effectKnown;
    private final List<Evaluation> misses;
    private final List<Evaluation> undecided;
    private final List<Evaluation> unevaluable;
    /** The evaluation of a row that can't be used, if all of its selectors may hold; empty for a usable policy. */
    private final Optional<Evaluation> ifAllMayHold;

    private CompiledPolicy(Policy policy, Optional<String> ifAllMayHold, boolean effectKnown) {
        this.policy = policy;
        this.effectKnown = effectKnown;
        this.ifAllMayHold = ifAllMayHold.map(this::undecided);
        this.disabled = new Evaluation.Disabled(policy);
        this.misses = policy.selectors().stream().map(s -> misses(s.mismatch())).toList();
        this.undecided = policy.selectors().stream().map(this::undecided).toList();
        this.unevaluable = policy.selectors().stream()
                .map(s -> misses(s.attribute().description() + " can't be evaluated: its value is damaged"))
                .toList();
    }

    static CompiledPolicy of(Policy policy) {
        return new CompiledPolicy(policy, Optional.empty(), true);
    }

    /** Returns an empty stream if the row can't be a deny. */
    static Stream<CompiledPolicy> of(UnusableRow unusable) {
        RejectedRow row = unusable.row();
        Optional<String> ifAllMayHold = Optional.of(
                        "the row can't be read (" + row.reason() + ") and may be a deny: nothing new is given")
                .filter(_ -> row.consequence() == RejectedRow.Consequence.HOLDS_BACK);
        return unusable
                .deny()
                .map(deny -> new CompiledPolicy(deny, ifAllMayHold, row.effect().isPresent()))
                .stream();
    }

    Policy policy() {
        return policy;
    }

    Evaluation evaluate(Subject subject, Trusts trusts) {
        Evaluation enabled = evaluateSelectors(subject, trusts);
        return policy.enabled() || enabled instanceof Evaluation.Misses ? enabled : disabled;
    }

    private Evaluation evaluateSelectors(Subject subject, Trusts trusts) {
        int unknown = -1;
        int damaged = -1;
        List<Selector> selectors = policy.selectors();
        for (int i = 0; i < selectors.size(); i++) {
            switch (selectors.get(i).match(subject)) {
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
        if (ifAllMayHold.isPresent()) {
            return ifAllMayHold.get();
        }
        List<Selector> open = damaged < 0
                ? List.of()
                : selectors.stream()
                        .filter(selector -> selector.match(subject) == MatchResult.UNEVALUABLE)
                        .toList();
        return new Evaluation.Matches(policy, trusts.selfAsserted(selectors, subject), open);
    }

    private Evaluation misses(String why) {
        return new Evaluation.Fails(policy, Verdict.of(policy, Result.NO_MATCH, why));
    }

    private Evaluation undecided(Selector selector) {
        return undecided("can't be evaluated yet: " + selector.attribute().description() + " is not known");
    }

    private Evaluation undecided(String why) {
        Verdict verdict = Verdict.of(policy, Result.UNDECIDED, why);
        return effectKnown ? new Evaluation.Undecided(policy, verdict) : new Evaluation.EffectUnknown(policy, verdict);
    }
}
