package io.mesosiam.lease.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The sessions that a container with several tasks must keep when one of the tasks ends: those that all its other tasks
 * are given.
 */
final class KeptSessions {
    private final SimulatedDeployment deployment;
    private final List<Shared> shared = new ArrayList<>();

    /** What a container with several tasks was served when one of them ended, if the other tasks are given the same. */
    private record Shared(MesosAgentId host, AgentInMemory.Key key, String identityHash) {}

    KeptSessions(SimulatedDeployment deployment) {
        this.deployment = deployment;
    }

    /** Expects that the container of a task that is about to end keeps a session that all its other tasks are given. */
    void expectAfter(SimulatedCluster.Run ending) {
        AgentInMemory agent = deployment.agentOf(ending);
        List<SimulatedCluster.Run> others = deployment.cluster.running().stream()
                .filter(run -> !run.equals(ending) && run.container.isPresent())
                .filter(run -> run.container.equals(ending.container)
                        && run.launch.key().agent().equals(agent.host))
                .toList();
        boolean decided = others.stream()
                .allMatch(run -> !deployment.cluster.hidden.contains(run.launch)
                        && !deployment.cluster.unseenFrameworks.contains(
                                run.launch.key().framework()));
        if (others.isEmpty() || agent.epoch.isEmpty() || !decided) {
            return;
        }
        ContainerId container = ending.container.orElseThrow();
        agent.served.values().stream()
                .filter(it -> it.lease().container().equals(Optional.of(container)))
                .filter(it -> Stream.concat(others.stream(), Stream.of(ending))
                        .allMatch(run -> deployment
                                        .policies
                                        .identity(run, it.lease().name())
                                        .map(SessionIdentity::hash)
                                        .equals(Optional.of(it.lease().identityHash()))
                                && deployment.tables.withdrawals.stream()
                                        .noneMatch(row -> row.covers(
                                                new LeaseKey(
                                                        run.launch, it.lease().name()),
                                                it.lease().policy(),
                                                it.lease().role()))))
                .filter(it -> it.lease()
                        .until()
                        .filter(end -> !deployment.clock.instant().isBefore(end))
                        .isEmpty())
                .map(it -> new Shared(
                        agent.host,
                        new AgentInMemory.Key(container, it.lease().name()),
                        it.lease().identityHash()))
                .filter(it -> !agent.refused.containsKey(it.key()))
                .forEach(shared::add);
    }

    /** Verifies the expectations, once. */
    void check() {
        shared.forEach(it -> {
            AgentInMemory agent = deployment.agents.get(it.host());
            assertThat(agent.served.values())
                    .as("still served: " + it)
                    .anyMatch(served -> served.lease().identityHash().equals(it.identityHash())
                            && served.lease()
                                    .container()
                                    .equals(Optional.of(it.key().container()))
                            && served.lease().name().equals(it.key().name()));
            assertThat(agent.refused.keySet()).as("not refused").doesNotContain(it.key());
        });
        shared.clear();
    }
}
