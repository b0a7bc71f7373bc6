package io.mesosiam.preview;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.Verdict;
import io.mesosiam.policy.Verdict.Result;
import io.mesosiam.policy.cluster.DecisionMemo;
import io.mesosiam.policy.lint.Lint;
import io.mesosiam.preview.PolicyFinding.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds policies that are probably not what was intended, from the decisions for all running tasks. */
public final class PolicyFindings {
    /** A part of the message with which STS refuses a session that is longer than the IAM role allows. */
    private static final String TOO_LONG = "MaxSessionDuration";

    private final PolicySet set;
    private final Map<PolicyId, String> refused;
    private final Set<PolicyId> applied = new HashSet<>();
    private final Map<PolicyId, OtherPolicies> overruledBy = new HashMap<>();
    private final Map<PolicyId, OtherPolicies> conflicts = new HashMap<>();
    private final Set<PolicyId> open = new HashSet<>();

    /**
     * @param state the running tasks
     * @param refused why AWS last refused a session, by the policy that gives it
     */
    public PolicyFindings(PolicySet set, ClusterState state, Map<PolicyId, String> refused) {
        this.set = set;
        this.refused = Map.copyOf(refused);
        DecisionMemo memo = new DecisionMemo(set.withGrants(Grants.NONE));
        state.launches().values().stream()
                .filter(task -> task.end().isEmpty())
                .flatMap(task -> memo.decideOnce(Subject.of(task, state)).stream())
                .forEach(decisions -> decisions.values().forEach(this::count));
    }

    private void count(Decision decision) {
        List<Verdict> verdicts = decision.verdicts();
        List<PolicyId> winners = with(verdicts, Result.APPLIED);
        applied.addAll(winners);
        open.addAll(with(verdicts, Result.WITHHELD));
        open.addAll(with(verdicts, Result.UNDECIDED));
        List<PolicyId> firstWinners = OtherPolicies.first(winners);
        with(verdicts, Result.OVERRULED).forEach(loser -> overruledBy
                .computeIfAbsent(loser, _ -> new OtherPolicies())
                .add(loser, firstWinners, winners.size()));
        if (decision instanceof Decision.Conflict conflict) {
            List<PolicyId> first = OtherPolicies.first(conflict.policies());
            conflict.policies().forEach(policy -> conflicts
                    .computeIfAbsent(policy, _ -> new OtherPolicies())
                    .add(policy, first, conflict.policies().size() - 1));
        }
    }

    private static List<PolicyId> with(List<Verdict> verdicts, Result result) {
        return verdicts.stream()
                .filter(verdict -> verdict.result() == result)
                .map(Verdict::policy)
                .toList();
    }

    /** All findings, by policy in the order of the set; rows that can't be used come first. Each is made when it is read. */
    public Stream<PolicyFinding> all() {
        return Stream.concat(
                set.rejected().stream()
                        .map(row -> new PolicyFinding(row.policy(), Kind.UNUSABLE, List.of(), 0, row.reason())),
                set.policies().stream().flatMap(this::about));
    }

    private Stream<PolicyFinding> about(Policy policy) {
        Stream<PolicyFinding> warnings =
                Lint.of(policy).stream().map(warning -> finding(policy, Kind.SUSPECT, warning));
        return policy.enabled()
                ? Stream.concat(
                        warnings,
                        Stream.of(used(policy), conflict(policy), selfAsserted(policy), refused(policy))
                                .flatMap(Optional::stream))
                : warnings;
    }

    private Optional<PolicyFinding> used(Policy policy) {
        if (applied.contains(policy.id()) || open.contains(policy.id())) {
            return Optional.empty();
        }
        return Optional.of(Optional.ofNullable(overruledBy.get(policy.id()))
                .map(winners -> finding(
                        policy,
                        Kind.SHADOWED,
                        winners,
                        "another policy takes precedence for every running task that matches"))
                .orElseGet(() -> finding(policy, Kind.MATCHES_NOTHING, "no running task matches")));
    }

    private Optional<PolicyFinding> conflict(Policy policy) {
        return Optional.ofNullable(conflicts.get(policy.id()))
                .map(others -> finding(
                        policy,
                        Kind.CONFLICTS,
                        others,
                        "policies of the same priority give a running task different credentials"));
    }

    /** A principal is proven by the master; other values only where a framework is trusted to enforce them. */
    private Optional<PolicyFinding> selfAsserted(Policy policy) {
        Set<Attribute> compared = policy.selectors().stream()
                .map(selector -> selector.attribute())
                .collect(Collectors.toSet());
        boolean proven = compared.contains(Attribute.FRAMEWORK_PRINCIPAL)
                || set.trusted().stream().anyMatch(trust -> compared.contains(trust.attribute()));
        return compared.isEmpty() || proven
                ? Optional.empty()
                : Optional.of(finding(
                        policy,
                        Kind.SELF_ASSERTED,
                        "every value that it compares is stated by the task's own framework; select a"
                                + " framework_principal too"));
    }

    private Optional<PolicyFinding> refused(Policy policy) {
        return Optional.ofNullable(refused.get(policy.id()))
                .map(why -> finding(policy, why.contains(TOO_LONG) ? Kind.SESSION_TOO_LONG : Kind.REFUSED_BY_AWS, why));
    }

    private static PolicyFinding finding(Policy policy, Kind kind, String message) {
        return new PolicyFinding(policy.id(), kind, List.of(), 0, message);
    }

    private static PolicyFinding finding(Policy policy, Kind kind, OtherPolicies others, String message) {
        return new PolicyFinding(policy.id(), kind, others.first(), others.count(), message);
    }
}
