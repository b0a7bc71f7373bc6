package io.mesosiam.policy;

import io.mesosiam.policy.NamespaceLimits.Placement;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Selector.MatchResult;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.policy.Verdict.Result;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A policy within the bounds of its namespaces, ready to be evaluated. A cluster has a hundred thousand tasks and hundreds of
 * policies, and nearly all pairs don't match. It keeps nothing for each selector: a row can have 64 of a few characters.
 */
final class CompiledPolicy {
    private static final String NOT_WITNESSED = "is sensitive, and the task's launch was not witnessed";

    private final Policy policy;
    private final boolean effectKnown;
    /** Why a row that can't be used is undecided, if all of its selectors may hold; empty for a usable policy. */
    private final Optional<String> ifAllMayHold;

    private final TaskScope scope;
    /** Why an allow violates a bound; empty for any other policy. */
    private final Optional<String> outOfBounds;
    /** The use of a launch grant for the launch in question; empty for a policy. */
    private final Optional<Grants.Use> use;

    private CompiledPolicy(
            Policy policy,
            Optional<String> ifAllMayHold,
            boolean effectKnown,
            TaskScope scope,
            Optional<String> outOfBounds,
            Optional<Grants.Use> use) {
        this.policy = policy;
        this.ifAllMayHold = ifAllMayHold;
        this.effectKnown = effectKnown;
        this.scope = scope;
        this.outOfBounds = outOfBounds;
        this.use = use;
    }

    static CompiledPolicy of(Policy policy, Placement placement) {
        return of(policy, placement, Optional.empty());
    }

    /** Launch grants, for one launch. */
    static List<CompiledPolicy> of(List<Grants.Candidate> grants, Function<Policy, Placement> limits) {
        return grants.stream()
                .map(grant -> of(grant.policy(), limits.apply(grant.policy()), Optional.of(grant.use())))
                .toList();
    }

    private static CompiledPolicy of(Policy policy, Placement placement, Optional<Grants.Use> use) {
        return switch (placement) {
            case Placement.Within within ->
                new CompiledPolicy(within.policy(), Optional.empty(), true, within.scope(), Optional.empty(), use);
            case Placement.Outside outside ->
                new CompiledPolicy(
                        policy,
                        Optional.empty(),
                        true,
                        outside.scope(),
                        Optional.of(outside.reason()).filter(_ -> policy.rule().effect() == Effect.ALLOW),
                        use);
        };
    }

    /**
     * Returns an empty stream if the row can't be a deny.
     *
     * @param limits those of the namespaces, which also limit the tasks that such a row concerns
     */
    static Stream<CompiledPolicy> of(UnusableRow unusable, Function<Policy, Placement> limits) {
        RejectedRow row = unusable.row();
        Optional<String> ifAllMayHold = Optional.of(
                        "the row can't be read (" + row.reason() + ") and may be a deny: nothing new is given")
                .filter(_ -> row.consequence() == RejectedRow.Consequence.HOLDS_BACK);
        return unusable
                .deny()
                .map(deny -> new CompiledPolicy(
                        deny,
                        ifAllMayHold,
                        row.effect().isPresent(),
                        limits.apply(deny).scope(),
                        Optional.empty(),
                        Optional.empty()))
                .stream();
    }

    Policy policy() {
        return policy;
    }

    boolean boundsMesosRoles() {
        return scope.limits().stream().anyMatch(TaskScope.MesosRoles.class::isInstance);
    }

    Evaluation evaluate(Subject subject, Trusts trusts) {
        Evaluation enabled = evaluateSelectors(subject, trusts);
        if (enabled instanceof Evaluation.Matches match && use.isPresent()) {
            return used(match, use.get(), subject);
        }
        return policy.enabled() || enabled instanceof Evaluation.Misses ? enabled : new Evaluation.Disabled(policy);
    }

    /** Whether the launch claims a grant that is bound to another launch. */
    boolean contests(Evaluation evaluation) {
        return evaluation instanceof Evaluation.GivesNothing nothing
                && nothing.result() == Result.UNAVAILABLE
                && use.filter(it -> it instanceof Grants.Use.None none && none.contested())
                        .isPresent();
    }

    private Evaluation used(Evaluation.Matches match, Grants.Use use, Subject subject) {
        boolean fits = subject.witnessed()
                || !(policy.rule() instanceof Rule.Allow allow
                        && allow.entitlement().sensitive());
        return switch (use) {
            case Grants.Use.None none ->
                new Evaluation.GivesNothing(match.policy(), Result.UNAVAILABLE, none.why(), none.what());
            case Grants.Use.Bound _, Grants.Use.Undecided _, Grants.Use.Unbound _
            when !fits ->
                new Evaluation.GivesNothing(match.policy(), Result.UNAVAILABLE, "it " + NOT_WITNESSED, NOT_WITNESSED);
            case Grants.Use.Bound _ -> match;
            case Grants.Use.Undecided open -> undecided(open.why());
            case Grants.Use.Unbound _ ->
                new Evaluation.Matches(match.policy(), match.selfAsserted(), match.unevaluable(), true);
        };
    }

    private Evaluation evaluateSelectors(Subject subject, Trusts trusts) {
        int unknown = -1;
        int damaged = -1;
        List<Selector> selectors = policy.selectors();
        for (int i = 0; i < selectors.size(); i++) {
            switch (selectors.get(i).match(subject)) {
                case HOLDS -> {}
                case FAILS -> {
                    return new Evaluation.Fails(policy, selectors.get(i));
                }
                case UNKNOWN -> unknown = i;
                case UNEVALUABLE -> damaged = i;
            }
        }
        Optional<String> limitUnknown = Optional.empty();
        for (TaskScope.Limit limit : scope.limits()) {
            switch (limit.match(subject)) {
                case HOLDS -> {}
                case FAILS -> {
                    return new Evaluation.OutsideScope(policy, limit);
                }
                case UNKNOWN -> limitUnknown = Optional.of(limit.unknown());
                case UNEVALUABLE -> {
                    if (policy.rule().effect() == Effect.ALLOW) {
                        return new Evaluation.OutsideScope(policy, limit);
                    }
                }
            }
        }
        if (damaged >= 0 && policy.rule().effect() == Effect.ALLOW) {
            return new Evaluation.Unevaluable(policy, selectors.get(damaged));
        }
        if (outOfBounds.isPresent()) {
            return outOfBounds(outOfBounds.get());
        }
        if (unknown >= 0) {
            return undecided("can't be evaluated yet: "
                    + selectors.get(unknown).attribute().description() + " is not known");
        }
        if (limitUnknown.isPresent()) {
            return undecided(limitUnknown.get());
        }
        if (ifAllMayHold.isPresent()) {
            return undecided(ifAllMayHold.get());
        }
        List<Selector> open = damaged < 0
                ? List.of()
                : selectors.stream()
                        .filter(selector -> selector.match(subject) == MatchResult.UNEVALUABLE)
                        .toList();
        List<Selector> selfAsserted = trusts.selfAsserted(selectors, subject);
        return selfAsserted.size() == selectors.size() && policy.rule().effect() == Effect.ALLOW
                ? scope.trustedSelectorsOnly()
                        .map(namespace -> untrusted(namespace, subject))
                        .orElseGet(() -> new Evaluation.Matches(policy, selfAsserted, open))
                : new Evaluation.Matches(policy, selfAsserted, open);
    }

    /** No selector is trusted for this task, or it isn't known yet which ones are. */
    private Evaluation untrusted(String namespace, Subject subject) {
        return subject.enforcement().known()
                ? outOfBounds("every selector is self-asserted for this task, but trusted_selectors_only of namespace "
                        + namespace + " is true")
                : undecided("can't be evaluated yet: the leading master's flags are not known");
    }

    private Evaluation outOfBounds(String why) {
        return new Evaluation.GivesNothing(policy, Result.OUT_OF_BOUNDS, why, "is out of the bounds of its namespace");
    }

    private Evaluation undecided(String why) {
        return effectKnown ? new Evaluation.Undecided(policy, why) : new Evaluation.EffectUnknown(policy, why);
    }
}
