package io.mesosiam.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LaunchIndexTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final MesosAgentId OTHER_HOST = SimulatedCluster.HOSTS.getLast();

    private final SimulatedCluster cluster = new SimulatedCluster();
    private final LaunchIndex index = new LaunchIndex();
    private final SimulatedCluster.Run first = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
    private final SimulatedCluster.Run second = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 2, HOST);
    private final SimulatedCluster.Run elsewhere = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 3, OTHER_HOST);

    @Test
    void whoeverHasAContainerToItselfConcernsNobodyElse() {
        assertThat(moves(first, "c1")).containsExactly(first.launch);
        assertThat(moves(second, "c2")).containsExactly(second.launch);
    }

    @Test
    void whoeverComesIntoAContainerConcernsThoseInIt() {
        moves(first, "c1");

        assertThat(moves(second, "c1")).containsExactlyInAnyOrder(first.launch, second.launch);
    }

    @Test
    void whoeverLeavesAContainerConcernsThoseInIt() {
        moves(first, "c1");
        moves(second, "c1");
        cluster.hidden.add(second.launch);

        assertThat(shows(second)).containsExactlyInAnyOrder(first.launch, second.launch);
        assertThat(shows(first)).containsExactly(first.launch);
    }

    @Test
    void theSameContainerIdOnAnotherHostIsAnotherContainer() {
        moves(first, "c1");

        assertThat(moves(elsewhere, "c1")).containsExactly(elsewhere.launch);
    }

    private Set<Launch> moves(SimulatedCluster.Run run, String container) {
        run.container = Optional.of(ContainerId.of(container));
        return shows(run);
    }

    private Set<Launch> shows(SimulatedCluster.Run run) {
        return index.update(cluster.state(), Set.of(run.launch), NOW);
    }
}
