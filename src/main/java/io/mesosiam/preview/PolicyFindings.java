package io.mesosiam.preview;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.CredentialName;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds policies that are probably not what was intended, from the decisions for all running tasks. */
public final class PolicyFindings {
    /** A part of the message with which STS refuses a session that is longer than the IAM role allows. */
    private static final String TOO_LONG = "MaxSessionDuration";

    private static final Comparator<PolicyId> ORDER = Comparator.comparing(PolicyId::value);

    private final PolicySet set;
    private final Map<PolicyId, String> refused;
    private final Set<PolicyId> applied = new HashSet<>();
    private final Map<PolicyId, Set<PolicyId>> overruledBy = new HashMap<>();
    private final Map<PolicyId, Set<PolicyId>> conflicts = new HashMap<>();
    private final Set<PolicyId> open = new HashSet<>();

    /**
     * @param state the running tasks
     * @param refused why AWS last refused a session, by the policy that gives it
     */
    public PolicyFindings(PolicySet set, ClusterState state, Map<PolicyId, String> refused) {
        this.set = set;
        this.refused = Map.copyOf(refused);
        DecisionMemo memo = new DecisionMemo(set.withGrants(Grants.NONE));
        IdentityHashMap<Map<CredentialName, Decision>, Boolean> seen = new IdentityHashMap<>();
        state.launches().values().stream()
                .filter(task -> task.end().isEmpty())
                .map(task -> memo.decide(Subject.of(task, state)))
                .filter(decisions -> seen.put(decisions, true) == null)
                .forEach(decisions -> decisions.values().forEach(this::count));
    }

    private void count(Decision decision) {
        List<Verdict> verdicts = decision.verdicts();
        List<PolicyId> winners = with(verdicts, Result.APPLIED);
        applied.addAll(winners);
        open.addAll(with(verdicts, Result.WITHHELD));
        open.addAll(with(verdicts, Result.UNDECIDED));
        with(verdicts, Result.OVERRULED).forEach(loser -> overruledBy
                .computeIfAbsent(loser, _ -> new TreeSet<>(ORDER))
                .addAll(winners));
        if (decision instanceof Decision.Conflict conflict) {
            conflict.policies().forEach(policy -> others(policy, conflict.policies()));
        }
    }

    private void others(PolicyId policy, Collection<PolicyId> all) {
        Set<PolicyId> others = conflicts.computeIfAbsent(policy, _ -> new TreeSet<>(ORDER));
        others.addAll(all);
        others.remove(policy);
    }

    private static List<PolicyId> with(List<Verdict> verdicts, Result result) {
        return verdicts.stream()
                .filter(verdict -> verdict.result() == result)
                .map(Verdict::policy)
                .toList();
    }

    /** All findings, by policy in the order of the set; rows that can't be used come first. */
    public List<PolicyFinding> all() {
        List<PolicyFinding> findings = new ArrayList<>();
        set.rejected()
                .forEach(row -> findings.add(new PolicyFinding(row.policy(), Kind.UNUSABLE, List.of(), row.reason())));
        set.policies().forEach(policy -> {
            Lint.of(policy).forEach(warning -> findings.add(finding(policy, Kind.SUSPECT, Set.of(), warning)));
            if (policy.enabled()) {
                used(policy).ifPresent(findings::add);
                conflict(policy).ifPresent(findings::add);
                selfAsserted(policy).ifPresent(findings::add);
                refused(policy).ifPresent(findings::add);
            }
        });
        return findings;
    }

    private Optional<PolicyFinding> used(Policy policy) {
        if (applied.contains(policy.id()) || open.contains(policy.id())) {
            return Optional.empty();
        }
        Set<PolicyId> winners = overruledBy.getOrDefault(policy.id(), Set.of());
        return Optional.of(
                overruledBy.containsKey(policy.id())
                        ? finding(
                                policy,
                                Kind.SHADOWED,
                                winners,
                                "another policy takes precedence for every running task that matches")
                        : finding(policy, Kind.MATCHES_NOTHING, Set.of(), "no running task matches"));
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
                        Set.of(),
                        "every value that it compares is stated by the task's own framework; select a"
                                + " framework_principal too"));
    }

    private Optional<PolicyFinding> refused(Policy policy) {
        return Optional.ofNullable(refused.get(policy.id()))
                .map(why -> finding(
                        policy, why.contains(TOO_LONG) ? Kind.SESSION_TOO_LONG : Kind.REFUSED_BY_AWS, Set.of(), why));
    }

    private static PolicyFinding finding(Policy policy, Kind kind, Set<PolicyId> others, String message) {
        return new PolicyFinding(policy.id(), kind, List.copyOf(others), message);
    }
}
