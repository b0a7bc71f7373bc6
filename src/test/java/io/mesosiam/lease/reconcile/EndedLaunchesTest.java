package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * No state is kept for a launch that has ended, in whatever order its container's end, the master's report and late ask
 * messages arrive. {@link Remembered} finds every collection in the reconciler, including those that are added later.
 */
class EndedLaunchesTest extends EndedLaunchesFixture {
    @Test
    void noRefusalIsKeptForAContainerThatEndsBeforeTheMasterReportsIt() {
        allowAll();
        connect(HOSTS.getFirst());

        for (int task = 0; task < 100; task++) {
            SimulatedCluster.Run run = running(task);
            agentSeesEnd(run);
            settle();
            masterReportsEnd(run);
            settle();
        }

        assertThat(reconciler.overview().refusals()).isEmpty();
    }

    @Test
    void askAfterItsContainersEndLeavesNoState() {
        connect(HOSTS.getFirst());
        SimulatedCluster.Run run = running(1);
        agentSeesEnd(run);
        settle();

        ask(run, EXTRA);
        settle();

        masterReportsEnd(run);
        assertThat(reconciler.overview().refusals()).isEmpty();
        assertNoStateIsKept();
    }

    @Test
    void endedTaskIsRefusedWhileItsContainerStillRuns() {
        allowAll();
        connect(HOSTS.getFirst());
        SimulatedCluster.Run run = running(1);

        masterReportsEnd(run);
        settle();

        assertThat(reconciler.overview().refusals()).extracting(Refusal::code).containsExactly(RefusalCode.ENDED);
        agentSeesEnd(run);
        assertNoStateIsKept();
    }

    @Test
    void refusalsOfAHostThatAnotherControllerClaimedAreForgotten() {
        connect(HOSTS.getFirst());
        SimulatedCluster.Run refused = running(1);
        ask(refused, EXTRA);
        settle();
        assertThat(reconciler.overview().refusals()).hasSize(1);
        allowAll();
        reconciler.policies().changed(1);
        tables.claim(HOSTS.getFirst());

        settle(); // issues a lease, which the journal rejects

        assertThat(reconciler.overview().refusals()).isEmpty();
    }

    @Test
    void everythingOnAHostWhoseInstanceIsTerminatedEndsAlthoughTheMasterShowsIt() {
        allowAll();
        connect(HOSTS.getFirst());
        SimulatedCluster.Run run = running(1);
        assertThat(reconciler.overview().leases()).anyMatch(Lease::isLive);
        Map<MesosAgentId, TaskEnd> terminated = Map.of(HOSTS.getFirst(), new TaskEnd.InstanceTerminated("i-1"));

        assertThat(reconciler.hostsEnded(terminated))
                .isEqualTo(Map.of(run.launch, new TaskEnd.InstanceTerminated("i-1")));
        settle();
        masterReportsRunning(run);
        settle();

        assertThat(reconciler.overview().leases()).noneMatch(Lease::isLive);
        assertThat(reconciler.hostsEnded(terminated)).isEmpty();
        agentSeesEnd(run);
        assertNoStateIsKept();
    }
}
