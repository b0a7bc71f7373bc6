package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.JournalInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What holds of the leases after each event, and the final state after all failures are repaired. */
final class LeaseInvariants {
    private final SimulatedDeployment deployment;
    private final Set<LeaseId> seenReaped = new HashSet<>();

    LeaseInvariants(SimulatedDeployment deployment) {
        this.deployment = deployment;
    }

    void check() {
        List<Lease> known = deployment.controller.overview().leases();
        List<Lease> live = known.stream().filter(Lease::isLive).toList();
        assertThat(live.stream().map(Lease::key)).as("one lease per key").doesNotHaveDuplicates();
        live.forEach(lease -> assertThat(live)
                .as("one lease per container and name")
                .noneMatch(other -> !other.id().equals(lease.id()) && JournalInMemory.isSamePlace(other, lease)));
        known.stream()
                .filter(lease -> !lease.isLive() && seenReaped.add(lease.id()))
                .forEach(lease -> assertThat(isOver(lease))
                        .as("reaped for a reason: " + lease)
                        .isTrue());
        Set<LeaseId> ids = live.stream().map(Lease::id).collect(Collectors.toSet());
        deployment.agents.values().stream()
                .filter(agent -> agent.epoch.isPresent())
                .forEach(agent -> assertThat(ids)
                        .as("what " + agent.host + " serves is a live lease")
                        .containsAll(agent.served.keySet()));
        live.stream()
                .filter(lease -> deployment.agents.get(lease.host()).epoch.isPresent())
                .forEach(lease -> assertThat(deployment.tables.withdrawals)
                        .as("nothing withdrawn is live: " + lease)
                        .noneMatch(withdrawal -> withdrawal.covers(lease)));
    }

    /** Whether a fact or a decision ends the lease; a task that isn't seen does not. */
    private boolean isOver(Lease lease) {
        SimulatedCluster.Run run = deployment.cluster.runs.get(lease.launch());
        if (run.over || deployment.tables.withdrawals.stream().anyMatch(it -> it.covers(lease))) {
            return true;
        }
        return deployment.cluster.shares(run)
                || !deployment
                        .policies
                        .identity(run, lease.name())
                        .map(SessionIdentity::hash)
                        .equals(Optional.of(lease.identityHash()));
    }

    void checkFinalState() {
        List<Lease> live = deployment.controller.overview().leases().stream()
                .filter(Lease::isLive)
                .toList();
        assertThat(live).as("no lease outlives its task").noneMatch(lease -> deployment.cluster.runs.get(lease.launch())
                .over);
        assertThat(deployment.tables.live()).as("the rows are equal").hasSameElementsAs(live);
        assertThat(deployment.cluster.runs.values().stream()
                        .filter(run -> run.over)
                        .map(run -> run.launch))
                .as("ended launches are forgotten")
                .allMatch(deployment.forgotten::contains);
        deployment.cluster.running().stream()
                .filter(run -> run.container.isPresent() && !deployment.cluster.shares(run))
                .forEach(run -> HistoryPolicies.NAMES.forEach(name -> checkServed(run, name)));
    }

    private void checkServed(SimulatedCluster.Run run, CredentialName name) {
        LeaseKey key = new LeaseKey(run.launch, name);
        boolean given = deployment
                .policies
                .identity(run, name)
                .filter(identity -> deployment.tables.withdrawals.stream()
                        .noneMatch(it -> it.covers(key, TestLaunches.POLICY, identity.role())))
                .isPresent();
        boolean due = given && deployment.policies.isPrefetched(run, name);
        List<AgentInMemory.Served> served = deployment.agentOf(run).served.values().stream()
                .filter(it -> it.lease().key().equals(key))
                .toList();
        if (given) {
            assertThat(deployment.agentOf(run).refused.keySet())
                    .as("not refused: " + key)
                    .doesNotContain(new AgentInMemory.Key(run.container.orElseThrow(), name));
        }
        if (due) {
            assertThat(served).as("served: " + key).hasSize(1);
            assertThat(served.getFirst().lease().container()).isEqualTo(run.container);
            assertThat(served.getFirst().expiration())
                    .isAfterOrEqualTo(deployment.clock.instant().plus(Duration.ofMinutes(16)));
        }
    }
}
