package io.mesosiam.policy;

import io.mesosiam.policy.Evaluation.EffectUnknown;
import io.mesosiam.policy.Evaluation.Matches;
import io.mesosiam.policy.Evaluation.Misses;
import io.mesosiam.policy.Evaluation.Open;
import io.mesosiam.policy.Rule.Allow;
import io.mesosiam.policy.Rule.Effect;
import io.mesosiam.policy.Verdict.Result;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Combines all policies' evaluations of one task into the decision for one credential name:
 *
 * <ol>
 *   <li>A matching deny takes precedence over everything.
 *   <li>Among the matching allows, those of the highest priority decide. If one of them or a deny is undecided, the
 *       decision is pending, since either assumption could be wrong. Without an allow, it is pending if a row whose
 *       effect can't be read may be one.
 *   <li>All deciding allows must give the same entitlement; otherwise the decision is a conflict.
 *   <li>The entitlement may be withheld from this task. An allow of lower priority doesn't replace it.
 * </ol>
 */
final class CombiningAlgorithm {
    private final CredentialName name;
    private final List<Evaluation> evaluations;
    private final List<Evaluation> hits;
    private final Function<Entitlement, Optional<String>> withheld;

    /**
     * @param evaluations the evaluations of all policies
     * @param hits those of them that aren't {@link Misses}; usually few
     * @param withheld why an entitlement is withheld from this task; empty if it isn't
     */
    CombiningAlgorithm(
            CredentialName name,
            List<Evaluation> evaluations,
            List<Evaluation> hits,
            Function<Entitlement, Optional<String>> withheld) {
        this.name = name;
        this.evaluations = evaluations;
        this.hits = hits;
        this.withheld = withheld;
    }

    Decision decision() {
        List<Matches> denies = matches(Effect.DENY).toList();
        if (!denies.isEmpty()) {
            return denied(denies);
        }
        Optional<Integer> highest = Stream.concat(matches(Effect.ALLOW), open(Effect.ALLOW))
                .map(j -> j.policy().priority())
                .max(Integer::compare);
        return highest.map(this::decided).orElseGet(this::noAllow);
    }

    private Decision noAllow() {
        return concerning(EffectUnknown.class, Effect.DENY)
                .findFirst()
                .map(row -> pending(row.policy()))
                .orElseGet(() -> new Decision.NoMatch("no policy allows it", verdicts(CombiningAlgorithm::applied)));
    }

    private Decision decided(int priority) {
        Optional<Open> open = Stream.concat(
                        open(Effect.DENY),
                        open(Effect.ALLOW).filter(j -> j.policy().priority() == priority))
                .findFirst();
        if (open.isPresent()) {
            return pending(open.get().policy());
        }
        List<Matches> top = matches(Effect.ALLOW)
                .filter(match -> match.policy().priority() == priority)
                .toList();
        if (top.stream().map(CombiningAlgorithm::entitlement).distinct().count() > 1) {
            return conflict(top);
        }
        // Among policies that agree, a policy that matches without self-asserted values is preferred.
        Matches first =
                top.stream().filter(m -> m.selfAsserted().isEmpty()).findFirst().orElse(top.getFirst());
        return withheld.apply(entitlement(first))
                .map(why -> withheld(first, top, why))
                .orElseGet(() -> allowed(first, top));
    }

    private Decision allowed(Matches first, List<Matches> top) {
        return new Decision.Allowed(
                entitlement(first),
                first.policy().id(),
                !first.selfAsserted().isEmpty(),
                "policy " + first.policy().path() + " allows it",
                verdicts(match -> top.contains(match) ? applied(match) : overruled(match, first)));
    }

    private Decision withheld(Matches first, List<Matches> top, String why) {
        return new Decision.NoMatch(
                "policy " + first.policy().path() + " would allow it, but " + why,
                verdicts(match -> top.contains(match)
                        ? Verdict.of(match.policy(), Result.WITHHELD, why)
                        : overruled(match, first)));
    }

    private Decision denied(List<Matches> denies) {
        Matches first = denies.getFirst();
        return new Decision.Denied(
                first.policy().id(),
                "policy " + first.policy().path() + " denies it",
                verdicts(match -> denies.contains(match)
                        ? applied(match)
                        : overruled(match, "policy " + first.policy().path() + " denies it")));
    }

    private Decision conflict(List<Matches> top) {
        String names = top.stream().map(m -> m.policy().path()).collect(Collectors.joining(", "));
        String why = "policies of the same priority give different answers: " + names;
        return new Decision.Conflict(
                top.stream().map(m -> m.policy().id()).toList(),
                matches(Effect.ALLOW)
                        .filter(match -> withheld.apply(entitlement(match)).isEmpty())
                        .collect(Collectors.toMap(match -> match.policy().id(), CombiningAlgorithm::entitlement)),
                why,
                verdicts(match -> top.contains(match)
                        ? Verdict.of(match.policy(), Result.APPLIED, match.why() + "; " + why)
                        : overruled(match, top.getFirst())));
    }

    private Decision pending(Policy open) {
        String why = "policy " + open.path() + " can't be evaluated yet";
        Map<PolicyId, Entitlement> all = mayBeGiven();
        Map<PolicyId, Entitlement> given = all.entrySet().stream()
                .filter(each -> withheld.apply(each.getValue()).isEmpty())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        List<Verdict> verdicts = verdicts(match -> overruled(match, why));
        boolean narrowed = given.size() == all.size() && hits.stream().noneMatch(EffectUnknown.class::isInstance);
        return narrowed ? new Decision.Narrowed(why, verdicts, given) : new Decision.Pending(why, verdicts, given);
    }

    /**
     * Returns what each allow policy gives that matches or may match, without policies of a lower priority than the
     * highest that certainly matches.
     */
    private Map<PolicyId, Entitlement> mayBeGiven() {
        int certain = matches(Effect.ALLOW)
                .mapToInt(match -> match.policy().priority())
                .max()
                .orElse(Integer.MIN_VALUE);
        return Stream.concat(matches(Effect.ALLOW), open(Effect.ALLOW))
                .filter(hit -> hit.policy().priority() >= certain)
                .collect(Collectors.toMap(hit -> hit.policy().id(), CombiningAlgorithm::entitlement));
    }

    private static Verdict applied(Matches match) {
        return Verdict.of(match.policy(), Result.APPLIED, match.why());
    }

    private static Verdict overruled(Matches match, Matches by) {
        return overruled(
                match,
                "policy " + by.policy().path() + " has priority " + by.policy().priority());
    }

    private static Verdict overruled(Matches match, String why) {
        return Verdict.of(match.policy(), Result.OVERRULED, why);
    }

    /** Returns one verdict per policy, in order. Evaluations that match this name take theirs from {@code matching}. */
    private List<Verdict> verdicts(Function<Matches, Verdict> matching) {
        return evaluations.stream()
                .map(evaluation -> switch (evaluation) {
                    case Misses misses -> misses.verdict();
                    case Open open -> open.verdict();
                    case Matches match ->
                        match.policy().rule().concerns(name)
                                ? matching.apply(match)
                                : Verdict.of(match.policy(), Result.NO_MATCH, "it concerns another credential name");
                })
                .toList();
    }

    private Stream<Matches> matches(Effect effect) {
        return concerning(Matches.class, effect);
    }

    private Stream<Open> open(Effect effect) {
        return concerning(Open.class, effect);
    }

    private <J extends Evaluation> Stream<J> concerning(Class<J> kind, Effect effect) {
        return hits.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(j -> j.policy().rule().effect() == effect
                        && j.policy().rule().concerns(name));
    }

    private static Entitlement entitlement(Evaluation hit) {
        return switch (hit.policy().rule()) {
            case Allow allow -> allow.entitlement();
            case Rule.Deny deny -> throw new AssertionError("a deny has no entitlement");
        };
    }
}
