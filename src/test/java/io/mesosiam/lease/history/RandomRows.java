package io.mesosiam.lease.history;

import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.MesosRole;
import io.mesosiam.policy.Attribute;
import io.mesosiam.policy.AttributeTrust;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Glob;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyChange;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.bounds.Bounds;
import io.mesosiam.policy.bounds.Namespace;
import io.mesosiam.policy.bounds.Namespaces;
import io.mesosiam.policy.bounds.SessionPolicyFloor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** Random rows of the policy table for the tasks of a {@link SimulatedCluster}, and random changes of them. */
final class RandomRows {
    private static final int ROWS = 7;
    private static final List<String> NAMESPACES = List.of("/", "/eng", "/eng/data");

    private final Random random;

    RandomRows(Random random) {
        this.random = random;
    }

    List<Policy> some() {
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < ROWS; i += random.nextInt(1, 3)) {
            policies.add(policy(i));
        }
        return policies;
    }

    /** One to three changes: rows that are created, replaced or deleted, trust that is stated or taken back, or other bounds. */
    List<PolicyChange> changes(PolicySet policies) {
        List<PolicyChange> changes = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            changes.add(change(policies));
        }
        return changes;
    }

    private PolicyChange change(PolicySet policies) {
        int row = random.nextInt(ROWS);
        return switch (random.nextInt(10)) {
            case 8, 9 -> new PolicyChange.Bound(namespaces());
            case 0, 1 -> new PolicyChange.Remove(id(row));
            case 2 -> {
                AttributeTrust trust = new AttributeTrust("principal", Attribute.TASK_NAME, Optional.empty());
                yield random.nextBoolean() ? new PolicyChange.Trust(trust) : new PolicyChange.Distrust(trust);
            }
            case 3, 4 ->
                policies.policies().stream()
                        .skip(random.nextInt(ROWS))
                        .findFirst()
                        .<PolicyChange>map(policy -> new PolicyChange.Put(altered(policy)))
                        .orElseGet(() -> new PolicyChange.Put(policy(row)));
            default -> new PolicyChange.Put(policy(row));
        };
    }

    /** The same row with another priority, or switched off or on. */
    private Policy altered(Policy policy) {
        boolean toggled = random.nextBoolean();
        return new Policy(
                policy.id(),
                policy.namespace(),
                policy.name(),
                toggled != policy.enabled(),
                toggled ? policy.priority() : random.nextInt(3),
                policy.selectors(),
                policy.rule());
    }

    private Policy policy(int row) {
        return new Policy(
                id(row),
                NAMESPACES.get(random.nextInt(3)),
                "p" + row,
                random.nextInt(6) > 0,
                random.nextInt(3),
                selectors(),
                rule());
    }

    /** Each bound of each namespace is usually not set, so that something is given. */
    private Namespaces namespaces() {
        return new Namespaces(NAMESPACES.stream()
                .map(path -> new Namespace(
                        path,
                        new Bounds(
                                seldom(() -> List.of(new Glob("*:role/a"))),
                                Optional.empty(),
                                Optional.empty(),
                                seldom(() -> List.of(new MesosRole(random.nextBoolean() ? "eng" : "ops"))),
                                seldom(() -> Set.of(random.nextBoolean() ? "principal" : "another")),
                                seldom(() -> Duration.ofMinutes(30)),
                                seldom(() -> SessionPolicyFloor.parse(
                                        "[{\"Effect\": \"Deny\", \"Action\": \"iam:%d\", \"Resource\": \"*\"}]"
                                                .formatted(random.nextInt(2)))),
                                random.nextInt(6) == 0,
                                random.nextInt(12) == 0)))
                .toList());
    }

    private <T> Optional<T> seldom(Supplier<T> bound) {
        return random.nextInt(6) == 0 ? Optional.of(bound.get()) : Optional.empty();
    }

    private List<Selector> selectors() {
        List<Selector> selectors = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            selectors.add(new Selector.FrameworkName(random.nextBoolean() ? "F1" : "F2"));
        }
        if (random.nextInt(2) == 0) {
            selectors.add(new Selector.TaskName(new Glob("t" + random.nextInt(6))));
        }
        if (random.nextInt(3) == 0) {
            selectors.add(new Selector.UnderMesosRole(new MesosRole(random.nextBoolean() ? "eng" : "ops")));
        }
        if (random.nextInt(6) == 0) {
            selectors.add(new Selector.AgentAttribute("rack", Optional.of("r1")));
        }
        return selectors;
    }

    private Rule rule() {
        Optional<CredentialName> name =
                Optional.of(HistoryPolicies.NAMES.get(random.nextInt(HistoryPolicies.NAMES.size())));
        return random.nextInt(6) == 0
                ? new Rule.Deny(name.filter(_ -> random.nextBoolean()))
                : new Rule.Allow(name.orElseThrow(), entitlement());
    }

    private Entitlement entitlement() {
        Optional<String> session =
                switch (random.nextInt(8)) {
                    case 0 -> Optional.of("in-{container}");
                    case 1 -> Optional.of("impossible!");
                    default -> Optional.empty();
                };
        Optional<Duration> ttl =
                random.nextInt(4) == 0 ? Optional.of(Duration.ofMinutes(random.nextInt(1, 60))) : Optional.empty();
        return TestLaunches.entitlement(
                random.nextBoolean() ? "a" : "b",
                session,
                ttl,
                session.isEmpty() && random.nextInt(3) == 0 ? Sharing.ROLE : Sharing.TASK,
                random.nextInt(4) == 0 ? Prefetch.ON_ASK : Prefetch.ALWAYS);
    }

    /** A withdrawal of what one policy gives on a host, or of one IAM role there. */
    Withdrawal withdrawal(MesosAgentId host) {
        boolean policy = random.nextBoolean();
        Withdrawal.Given given = new Withdrawal.Given(
                Optional.of(id(random.nextInt(ROWS))).filter(_ -> policy),
                Optional.of(TestLaunches.role("a")).filter(_ -> !policy));
        return new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(host),
                OptionalLong.empty(),
                Optional.empty(),
                given,
                "revoked",
                Optional.empty());
    }

    private static PolicyId id(int row) {
        return new PolicyId(new UUID(1, row));
    }
}
