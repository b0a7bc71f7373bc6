package io.mesosiam.policy;

import io.mesosiam.policy.Evaluation.EffectUnknown;
import io.mesosiam.policy.Evaluation.Matches;
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
 *   <li>A matching launch grant precedes every policy that allows.
 *   <li>Among the matching allows, those of the highest priority decide. If one of them or a deny is undecided, the
 *       decision is pending, since either assumption could be wrong. Without an allow, it is pending if a row whose
 *       effect can't be read may be one.
 *   <li>All deciding allows must give the same entitlement; otherwise the decision is a conflict.
 *   <li>The entitlement may be withheld from this task. An allow of lower priority doesn't replace it.
 * </ol>
 */
final class CombiningAlgorithm {
    /** A conflict names so many of its policies. */
    private static final int NAMED = 5;

    private final CredentialName name;
    private final List<Evaluation> hits;
    private final List<Evaluation> listed;
    private final Function<Entitlement, Optional<String>> withheld;
    private final boolean flagsKnown;

    /**
     * @param hits the evaluations that concern the name and aren't {@link Evaluation.Misses}; usually few
     * @param listed those that have a verdict
     * @param withheld why an entitlement is withheld from this task; empty if it isn't
     * @param flagsKnown whether a leading master has reported its enforcement flags
     */
    CombiningAlgorithm(
            CredentialName name,
            List<Evaluation> hits,
            List<Evaluation> listed,
            Function<Entitlement, Optional<String>> withheld,
            boolean flagsKnown) {
        this.name = name;
        this.hits = hits;
        this.listed = listed;
        this.withheld = withheld;
        this.flagsKnown = flagsKnown;
    }

    Decision decision() {
        List<Matches> denies = matches(Effect.DENY).toList();
        if (!denies.isEmpty()) {
            return denied(denies);
        }
        Optional<Long> highest = Stream.concat(matches(Effect.ALLOW), open(Effect.ALLOW))
                .map(j -> j.policy().rank())
                .max(Long::compare);
        return highest.map(this::decided).orElseGet(this::noAllow);
    }

    private Decision noAllow() {
        return effectUnknown()
                .findFirst()
                .map(row -> pending(row.policy()))
                .orElseGet(() ->
                        new Decision.NoMatch("no policy allows it" + nothing(), verdicts(CombiningAlgorithm::applied)));
    }

    private String nothing() {
        return concerning(Evaluation.GivesNothing.class, Effect.ALLOW)
                .findFirst()
                .map(hit -> ": " + hit.policy().title() + " " + hit.what())
                .orElse("");
    }

    private Decision decided(long rank) {
        Optional<Open> open = Stream.concat(
                        open(Effect.DENY),
                        open(Effect.ALLOW).filter(j -> j.policy().rank() == rank))
                .findFirst();
        if (open.isPresent()) {
            return pending(open.get().policy());
        }
        List<Matches> top = matches(Effect.ALLOW)
                .filter(match -> match.policy().rank() == rank)
                .toList();
        if (differ(top)) {
            return conflict(top, rank);
        }
        // Among policies that agree, a policy that matches without self-asserted values is preferred.
        Matches first =
                top.stream().filter(m -> m.selfAsserted().isEmpty()).findFirst().orElse(top.getFirst());
        return withheld.apply(entitlement(first))
                .map(why -> withheld(first, rank, why))
                .orElseGet(() -> first.unbound() ? unbound(first) : allowed(first, rank));
    }

    private static boolean decides(Matches allow, long rank) {
        return allow.policy().rank() == rank;
    }

    /** Two launch grants differ even if they give the same: only one of them can be bound to the launch. */
    private static boolean differ(List<? extends Evaluation> sameRank) {
        return sameRank.getFirst().policy().id().grant()
                ? sameRank.size() > 1
                : sameRank.stream()
                                .map(CombiningAlgorithm::entitlement)
                                .distinct()
                                .count()
                        > 1;
    }

    private Decision unbound(Matches grant) {
        String why = grant.policy().title() + " is being bound to the launch";
        Map<PolicyId, Entitlement> all = mayBeGiven();
        Map<PolicyId, Entitlement> given = notWithheld(all);
        return new Decision.Unbound(
                grant.policy().id(),
                why,
                verdicts(match -> match.unbound()
                        ? Verdict.of(match.policy(), Result.UNDECIDED, match.why() + "; it is being bound")
                        : overruled(match, why)),
                given,
                !mayBeOther(all, given));
    }

    private Decision allowed(Matches first, long rank) {
        return new Decision.Allowed(
                entitlement(first),
                first.policy().id(),
                !first.selfAsserted().isEmpty(),
                first.policy().title() + " allows it",
                verdicts(match -> decides(match, rank) ? applied(match) : overruled(match, first)));
    }

    private Decision withheld(Matches first, long rank, String why) {
        return new Decision.NoMatch(
                first.policy().title() + " would allow it, but " + why,
                true,
                verdicts(match -> decides(match, rank)
                        ? Verdict.of(match.policy(), Result.WITHHELD, why)
                        : overruled(match, first)));
    }

    private Decision denied(List<Matches> denies) {
        Matches first = denies.getFirst();
        return new Decision.Denied(
                first.policy().id(),
                first.policy().title() + " denies it",
                verdicts(match -> match.policy().rule().effect() == Effect.DENY
                        ? applied(match)
                        : overruled(match, first.policy().title() + " denies it")));
    }

    private Decision conflict(List<Matches> top, long rank) {
        String what = top.getFirst().policy().id().grant()
                ? "several grants are for this launch"
                : "policies of the same priority give different answers";
        String why = what + ": " + names(top);
        Map<PolicyId, Entitlement> all = Stream.concat(matches(Effect.ALLOW), open(Effect.ALLOW))
                .collect(Collectors.toMap(hit -> hit.policy().id(), CombiningAlgorithm::entitlement));
        Map<PolicyId, Entitlement> given = notWithheld(all);
        Matches first = top.getFirst();
        List<Verdict> verdicts = verdicts(match -> decides(match, rank)
                ? Verdict.of(match.policy(), Result.APPLIED, match.why() + "; " + what)
                : overruled(match, first));
        return withheldForNow(all, given)
                ? new Decision.Pending(why, verdicts, given)
                : new Decision.Conflict(top.stream().map(m -> m.policy().id()).toList(), given, why, verdicts);
    }

    /** Names the first ones: there can be hundreds, and the sentence is kept with each task. */
    private static String names(List<Matches> conflicting) {
        String first = conflicting.stream()
                .limit(NAMED)
                .map(m ->
                        m.policy().id().grant() ? m.policy().name() : m.policy().path())
                .collect(Collectors.joining(", "));
        int others = conflicting.size() - NAMED;
        return others <= 0 ? first : first + " and " + others + (others == 1 ? " other" : " others");
    }

    private Decision pending(Policy open) {
        String why = open.title() + " can't be evaluated yet";
        Map<PolicyId, Entitlement> all = mayBeGiven();
        Map<PolicyId, Entitlement> given = notWithheld(all);
        List<Verdict> verdicts = verdicts(match -> overruled(match, why));
        return mayBeOther(all, given)
                ? new Decision.Pending(why, verdicts, given)
                : new Decision.Narrowed(why, verdicts, given);
    }

    private Map<PolicyId, Entitlement> notWithheld(Map<PolicyId, Entitlement> all) {
        return all.entrySet().stream()
                .filter(each -> withheld.apply(each.getValue()).isEmpty())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /**
     * Whether something else than {@code given} may be the result.
     *
     * @param all what is given, and what is withheld from this task
     */
    private boolean mayBeOther(Map<PolicyId, Entitlement> all, Map<PolicyId, Entitlement> given) {
        return withheldForNow(all, given) || effectUnknown().findAny().isPresent();
    }

    /** Whether something is withheld that may be given once the leading master's flags are known. */
    private boolean withheldForNow(Map<PolicyId, Entitlement> all, Map<PolicyId, Entitlement> given) {
        return !flagsKnown && given.size() < all.size();
    }

    /**
     * Returns what each allow policy gives that matches or may match, without policies of a lower priority than the
     * highest that certainly matches. A launch grant that isn't bound yet may give nothing: another launch can get it. A
     * conflict is decided by no priority.
     */
    private Map<PolicyId, Entitlement> mayBeGiven() {
        long certain = matches(Effect.ALLOW)
                .filter(match -> !match.unbound())
                .mapToLong(match -> match.policy().rank())
                .max()
                .orElse(Long.MIN_VALUE);
        List<Evaluation> all =
                Stream.concat(matches(Effect.ALLOW), open(Effect.ALLOW)).toList();
        List<Evaluation> deciding =
                all.stream().filter(hit -> hit.policy().rank() >= certain).toList();
        return (mayConflict(deciding) ? all : deciding)
                .stream().collect(Collectors.toMap(hit -> hit.policy().id(), CombiningAlgorithm::entitlement));
    }

    private static boolean mayConflict(List<Evaluation> allows) {
        return allows.stream().collect(Collectors.groupingBy(hit -> hit.policy().rank())).values().stream()
                .anyMatch(CombiningAlgorithm::differ);
    }

    private static Verdict applied(Matches match) {
        return Verdict.of(match.policy(), Result.APPLIED, match.why());
    }

    private static Verdict overruled(Matches match, Matches by) {
        return overruled(
                match,
                by.policy().id().grant()
                        ? by.policy().title() + " precedes every policy"
                        : by.policy().title() + " has priority " + by.policy().priority());
    }

    private static Verdict overruled(Matches match, String why) {
        return Verdict.of(match.policy(), Result.OVERRULED, why);
    }

    /** Returns one verdict per policy, in order. Evaluations that match this name take theirs from {@code matching}. */
    private List<Verdict> verdicts(Function<Matches, Verdict> matching) {
        return new Verdicts(listed, name, matching);
    }

    private Stream<Matches> matches(Effect effect) {
        return concerning(Matches.class, effect);
    }

    private Stream<Open> open(Effect effect) {
        return concerning(Open.class, effect);
    }

    private Stream<EffectUnknown> effectUnknown() {
        return concerning(EffectUnknown.class, Effect.DENY);
    }

    private <J extends Evaluation> Stream<J> concerning(Class<J> kind, Effect effect) {
        return hits.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(j -> j.policy().rule().effect() == effect);
    }

    private static Entitlement entitlement(Evaluation hit) {
        return switch (hit.policy().rule()) {
            case Allow allow -> allow.entitlement();
            case Rule.Deny deny -> throw new AssertionError("a deny has no entitlement");
        };
    }
}
