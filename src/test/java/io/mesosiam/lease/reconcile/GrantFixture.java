package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Decider;
import io.mesosiam.lease.GrantRows;
import io.mesosiam.lease.grant.GrantsInForce;
import io.mesosiam.lease.simulation.GrantsInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.Rule;
import io.mesosiam.policy.Selector;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A reconciler with one launch grant, whose row and what the controller has read of it differ until it is published. */
abstract class GrantFixture extends ReconcilerFixture {
    static final UUID GRANT = UUID.fromString("2c1d9f4e-0000-4000-8000-000000000001");
    static final PolicyId BY_GRANT = PolicyId.ofGrant(GRANT);
    static final Policy FALLBACK = new Policy(
            new PolicyId(new UUID(1, 1)),
            "/",
            "fallback",
            true,
            0,
            List.of(new Selector.FrameworkPrincipal("principal")),
            new Rule.Allow(CredentialName.DEFAULT, entitlement("fallback")));

    final GrantsInMemory rows = new GrantsInMemory();
    final List<Policy> policies = new ArrayList<>();
    /** What the controller has read. */
    GrantSet read = GrantSet.EMPTY;

    @Override
    Decider decider() {
        return new Decider() {
            @Override
            public Map<CredentialName, Decision> decide(Subject subject) {
                return set().outcomes(subject);
            }

            @Override
            public Set<PolicyId> contested(Subject subject) {
                return set().contested(subject);
            }

            @Override
            public Optional<String> over(PolicyId grant) {
                return set().grants().over(grant);
            }
        };
    }

    @Override
    GrantRows grantRows() {
        return rows;
    }

    PolicySet set() {
        return PolicySet.of(1, policies).withGrants(new GrantsInForce(read, rows.ending, clock));
    }

    static Instant expiry() {
        return Instant.parse("2026-01-01T02:00:00Z");
    }

    void grant(Optional<String> taskId, State state) {
        grant(GRANT, taskId, state);
    }

    void grant(UUID id, Optional<String> taskId, State state) {
        Entitlement gift = entitlement("granted");
        Entitlement given = TestLaunches.granted(gift, gift.sensitive(), expiry());
        List<Selector> selectors = new ArrayList<>(List.of(new Selector.FrameworkPrincipal("principal")));
        if (taskId.isEmpty()) {
            selectors.add(LaunchGrant.label(id));
        }
        rows.put(new LaunchGrant(
                new Policy(
                        PolicyId.ofGrant(id),
                        "/",
                        id.toString(),
                        true,
                        0,
                        selectors,
                        new Rule.Allow(CredentialName.DEFAULT, given)),
                taskId,
                state));
        read = rows.read();
    }

    /** A launch that has the label, in a container of its own. */
    SimulatedCluster.Run launch(int task) {
        SimulatedCluster.Run run = staged(task);
        bind(run, ContainerId.of("c" + cluster.runs.size()));
        settle();
        return run;
    }

    /** A launch that has the label, of which no container is known yet. */
    SimulatedCluster.Run staged(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.labels = List.of(new Label(LaunchGrant.LABEL, Optional.of(GRANT.toString())));
        show();
        settle();
        return run;
    }

    static TaskContainer holder(SimulatedCluster.Run run) {
        return new TaskContainer(run.launch.key(), run.container.orElseThrow());
    }

    /** The controller reads the rows. */
    void publish() {
        GrantSet next = rows.read();
        GrantedTasks concerned = next.difference(read);
        read = next;
        reconciler.policies().grantsChanged(concerned);
        reconciler.policies().grantsChanged(GrantedTasks.of(next.all()));
        settle();
    }
}
