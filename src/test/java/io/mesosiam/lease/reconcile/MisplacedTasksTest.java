package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * An executor states that its own task runs in another executor's container. The host's agent reports for which executor Mesos
 * launched the container.
 */
class MisplacedTasksTest extends SharedContainerFixture {
    private static final FrameworkId VICTIM = SimulatedCluster.FRAMEWORKS.getFirst();
    private static final FrameworkId ATTACKER = SimulatedCluster.FRAMEWORKS.getLast();

    private final ReportedContainer ofVictim =
            new ReportedContainer(1, Optional.of(new ReportedContainer.Executor(VICTIM, "t1")));

    /** Starts a task whose status names the container: {@code t1} of the victim, or {@code t2}. */
    private SimulatedCluster.Run state(FrameworkId framework) {
        SimulatedCluster.Run run = cluster.start(framework, framework.equals(VICTIM) ? 1 : 2, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        show();
        settle();
        return run;
    }

    private void report() {
        agent.running.put(CONTAINER, ofVictim);
        reconciler.containers(HOST, Map.of(CONTAINER, ofVictim), Set.of());
        settle();
    }

    @Test
    void taskKeepsItsLeaseWhenAnotherExecutorStatesItsContainer() {
        report();
        SimulatedCluster.Run victim = state(VICTIM);
        Lease served = servedLease();
        policyOf.put("t2", differently());

        state(ATTACKER);
        pass(Duration.ofMinutes(5));

        assertThat(servedLease().id()).isEqualTo(served.id());
        assertThat(served.launch()).isEqualTo(victim.launch);
        assertThat(agent.refused).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsEntry(WaitReason.ANOTHER_EXECUTOR, 1L);
    }

    @Test
    void taskHasItsLeaseAgainOnceItsContainersExecutorIsReported() {
        policyOf.put("t2", differently());
        state(ATTACKER);
        SimulatedCluster.Run victim = state(VICTIM);

        report();

        assertThat(servedLease().launch()).isEqualTo(victim.launch);
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void taskHasItsLeaseAfterARestartOfTheController() {
        report();
        SimulatedCluster.Run victim = state(VICTIM);
        policyOf.put("t2", differently());
        state(ATTACKER);
        Lease served = servedLease();

        restart();
        pass(Duration.ofMinutes(5));

        assertThat(servedLease().id()).isEqualTo(served.id());
        assertThat(served.launch()).isEqualTo(victim.launch);
    }

    @Test
    void endOfTheContainerDoesNotEndTheTaskOfAnotherExecutor() {
        report();
        SimulatedCluster.Run victim = state(VICTIM);
        SimulatedCluster.Run other = state(ATTACKER);

        agent.running.clear();
        ReportOutcome outcome = reconciler.containers(HOST, Map.of(), Set.of(CONTAINER));

        assertThat(outcome.ends()).containsOnlyKeys(victim.launch);
        assertThat(other.launch).isNotEqualTo(victim.launch);
    }

    @Test
    void refusalOfAWithdrawnTaskLeavesAContainerThatIsReportedAsAnotherExecutors() {
        policyOf.put("t2", differently());
        agent.running.put(CONTAINER, since(1));
        reconciler.containers(HOST, agent.running, Set.of());
        SimulatedCluster.Run attacker = state(ATTACKER);
        SimulatedCluster.Run victim = state(VICTIM);
        TaskKey withdrawn = attacker.launch.key();
        tables.withdrawals.add(new Withdrawal(
                Optional.of(withdrawn.framework()),
                Optional.of(withdrawn.task()),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                "stolen"));
        reconciler.withdrawalsChanged(tables.withdrawals);
        settle();
        assertThat(agent.refused).containsKey(KEY);

        agent.running.put(CONTAINER, ofVictim);
        connect();
        settle();
        connect();

        assertThat(servedLease().launch()).isEqualTo(victim.launch);
        assertThat(agent.refused).isEmpty();
    }

    /** Another controller knew the task's own container. */
    @Test
    void leaseThatAnotherControllerBoundToTheTasksOwnContainerStays() {
        ContainerId own = ContainerId.of("own");
        SimulatedCluster.Run victim = cluster.start(VICTIM, 1, HOST);
        victim.container = Optional.of(own);
        victim.state = TaskState.RUNNING;
        agent.running.put(own, ofVictim);
        reconciler.containers(HOST, Map.of(own, ofVictim), Set.of());
        show();
        settle();
        Lease served = servedLease();
        assertThat(served.container()).contains(own);

        // the next controller has seen only the forged status
        victim.container = Optional.of(CONTAINER);
        agent.running.put(
                CONTAINER, new ReportedContainer(1, Optional.of(new ReportedContainer.Executor(ATTACKER, "t2"))));
        restart();
        pass(Duration.ofMinutes(5));

        assertThat(servedLease().id()).isEqualTo(served.id());
    }
}
