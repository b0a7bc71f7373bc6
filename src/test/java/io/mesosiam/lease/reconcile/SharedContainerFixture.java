package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;

/** Several tasks in one container of the host. */
abstract class SharedContainerFixture extends ReconcilerFixture {
    static final AgentInMemory.Key KEY = new AgentInMemory.Key(CONTAINER, CredentialName.DEFAULT);

    /** What policy gives single tasks; the others are given the container's session. */
    final Map<String, Decision> policyOf = new HashMap<>();

    /** The tasks that were decided, in this order. */
    final List<String> decided = new ArrayList<>();

    Sharing sharing = Sharing.TASK;
    /** Whether messages reach the agent. */
    boolean delivers = true;
    /** Whether the container was without credentials, or refused, at some moment. */
    boolean gap;

    @BeforeEach
    void connectFirst() {
        connect();
    }

    @Override
    Map<CredentialName, Decision> decide(Subject subject) {
        decided.add(subject.task().key().task().value());
        return Map.of(CredentialName.DEFAULT, decide(subject.task().key().task().value()));
    }

    private Decision decide(String task) {
        return policyOf.getOrDefault(
                task,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.of("in-{container}"), Optional.empty(), sharing, Prefetch.ALWAYS)));
    }

    static Decision differently() {
        return TestLaunches.allowed(
                TestLaunches.entitlement("b", Optional.of("x"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS));
    }

    @Override
    Reconciler newReconciler() {
        Reconciler made = super.newReconciler();
        made.withdrawalsChanged(tables.withdrawals);
        return made;
    }

    @Override
    boolean deliver(Reconciler from, Delivery delivery) {
        boolean here = delivers && from.equals(reconciler);
        if (here) {
            agent.receive(delivery);
            gap |= isUnserved();
        }
        return here;
    }

    private boolean isUnserved() {
        return agent.refused.containsKey(KEY)
                || agent.served.values().stream()
                        .noneMatch(it -> it.lease().container().equals(Optional.of(CONTAINER)));
    }

    @Override
    List<Delivery> connect() {
        List<Delivery> state = super.connect();
        gap |= isUnserved();
        return state;
    }

    /** A task that runs in the container, and that no state shows yet. */
    SimulatedCluster.Run shared(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        return run;
    }

    /** Starts a task in the container. */
    SimulatedCluster.Run startShared(int task) {
        SimulatedCluster.Run run = shared(task);
        agent.running.put(CONTAINER, since(1));
        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        show();
        settle();
        return run;
    }

    static void finish(SimulatedCluster.Run run) {
        run.over = true;
        run.state = TaskState.FINISHED;
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
    }

    /** Ends tasks. The container keeps running, because an executor outlives its tasks. */
    void endAll(SimulatedCluster.Run... runs) {
        for (SimulatedCluster.Run run : runs) {
            finish(run);
        }
        show();
        settle();
    }

    Lease servedLease() {
        assertThat(agent.served).hasSize(1);
        return agent.served.values().iterator().next().lease();
    }
}
