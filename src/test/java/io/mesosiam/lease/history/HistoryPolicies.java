package io.mesosiam.lease.history;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The decisions of a history's policies: one for each framework and credential name, or none. */
final class HistoryPolicies {
    private static final CredentialName EXTRA = new CredentialName("extra");
    static final List<CredentialName> NAMES = List.of(CredentialName.DEFAULT, EXTRA);
    /** The decisions that a history chooses from; an empty one means that no policy mentions the name. */
    static final List<Optional<Decision>> DECISIONS = List.of(
            allow("a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            allow("b", Optional.empty(), Optional.empty(), Sharing.ROLE, Prefetch.ALWAYS),
            allow("c", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ON_ASK),
            allow("d", Optional.empty(), Optional.of(Duration.ofHours(2)), Sharing.TASK, Prefetch.ALWAYS),
            allow("e", Optional.of("in-{container}"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            allow("f", Optional.of("impossible!"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS),
            Optional.of(new Decision.Denied(TestLaunches.POLICY, "denied", List.of())),
            Optional.of(new Decision.Conflict(List.of(), Map.of(), "conflict", List.of())),
            Optional.empty());

    private final Map<FrameworkId, Map<CredentialName, Decision>> decisions = new HashMap<>();
    private final StsInMemory sts;

    /** At first, each framework has the first decision for the default name. */
    HistoryPolicies(StsInMemory sts) {
        this.sts = sts;
        SimulatedCluster.FRAMEWORKS.forEach(id -> {
            decisions.put(id, new HashMap<>());
            set(id, CredentialName.DEFAULT, DECISIONS.getFirst());
        });
    }

    private static Optional<Decision> allow(
            String role, Optional<String> session, Optional<Duration> ttl, Sharing sharing, Prefetch prefetch) {
        Entitlement entitlement = TestLaunches.entitlement(role, session, ttl, sharing, prefetch);
        return Optional.of(TestLaunches.allowed(entitlement));
    }

    void set(FrameworkId framework, CredentialName name, Optional<Decision> decision) {
        decisions.get(framework).remove(name);
        decision.ifPresent(it -> decisions.get(framework).put(name, it));
    }

    Map<CredentialName, Decision> decide(Subject subject) {
        if (subject.framework().isEmpty()) {
            Decision pending = new Decision.Pending("framework not visible");
            return Map.of(CredentialName.DEFAULT, pending, EXTRA, pending);
        }
        return Map.copyOf(decisions.get(subject.task().key().framework()));
    }

    /** Whether the task's container is given the credentials without an ask. */
    boolean isPrefetched(SimulatedCluster.Run run, CredentialName name) {
        return decisions.get(run.launch.key().framework()).get(name) instanceof Decision.Allowed allowed
                && allowed.entitlement().prefetch() == Prefetch.ALWAYS;
    }

    /** The session that the task is given under the name; empty if it is given none. */
    Optional<SessionIdentity> identity(SimulatedCluster.Run run, CredentialName name) {
        Decision decision = decisions.get(run.launch.key().framework()).get(name);
        if (!(decision instanceof Decision.Allowed allowed)) {
            return Optional.empty();
        }
        try {
            return Optional.of(sts.identity(
                    allowed.entitlement(),
                    name,
                    TestLaunches.task(run.launch, run.state, run.container, run.reportedEnd)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
