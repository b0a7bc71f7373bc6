package io.mesosiam.lease.history;

import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random rows of the policy table for the tasks of a {@link SimulatedCluster}, and random changes of them. */
final class RandomRows {
    private static final int ROWS = 7;

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

    /** One to three changes: rows that are created, replaced or deleted, or trust that is stated or taken back. */
    List<PolicyChange> changes(PolicySet policies) {
        List<PolicyChange> changes = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            changes.add(change(policies));
        }
        return changes;
    }

    private PolicyChange change(PolicySet policies) {
        int row = random.nextInt(ROWS);
        return switch (random.nextInt(8)) {
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
        return new Policy(id(row), "/", "p" + row, random.nextInt(6) > 0, random.nextInt(3), selectors(), rule());
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

    private static PolicyId id(int row) {
        return new PolicyId(new UUID(1, row));
    }
}
