package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An executor states a container of its own invention for each of its tasks. The host's agent keeps all leases. */
class UnreportedContainersTest extends ReconcilerFixture {
    private static final int MANY = 1100;
    private static final int MOST = 1024;

    @BeforeEach
    void start() {
        allow(Sharing.ROLE);
        connect();
        for (int i = 0; i < MANY; i++) {
            state(i);
        }
        show();
        settle();
    }

    private SimulatedCluster.Run state(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.container = Optional.of(ContainerId.of("c" + task));
        run.state = TaskState.RUNNING;
        return run;
    }

    @Test
    void leasesOfUnreportedContainersAreBounded() {
        assertThat(served()).hasSize(MOST);
        assertThat(reconciler.overview().waitingByReason())
                .containsEntry(WaitReason.UNREPORTED_CONTAINERS, (long) MANY - MOST);

        pass(Duration.ofMinutes(5));

        assertThat(served()).hasSize(MOST);
    }

    @Test
    void taskInAReportedContainerHasItsLeaseBesideThem() {
        SimulatedCluster.Run task = state(MANY);
        ContainerId container = task.container.orElseThrow();
        agent.running.put(container, since(1));
        show();
        settle();

        reconciler.containers(HOST, Map.of(container, since(1)), Set.of());
        settle();

        assertThat(served()).map(Lease::launch).contains(task.launch);
    }
}
