package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.LeaseSteps;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DeliveriesTest {
    private static final Instant END = Instant.parse("2026-01-01T01:00:00Z");
    private static final MesosAgentId HOST = TestLaunches.HOST;
    private static final ContainerId CONTAINER = ContainerId.of("c1");
    private static final Launch LAUNCH = TestLaunches.launch("a");
    private static final LeaseState ACTIVE = new LeaseState.Active(END, END, 0);

    static final List<LeaseState> WITH_SESSION = List.of(ACTIVE, new LeaseState.Renewing(END, 0));
    static final List<LeaseState> WITHOUT_SESSION = List.of(
            new LeaseState.Pending("asked"),
            new LeaseState.Failed("refused", 1, END),
            new LeaseState.Reaped("over", END));

    private final ReconcilerState tracked = ReconcilerState.empty(new RenewalRule(new Random(1)));
    private final List<Delivery> delivered = new ArrayList<>();
    private final Deliveries deliveries =
            new Deliveries(tracked, (_, delivery) -> delivered.add(delivery), LeaseSteps.NONE);

    @ParameterizedTest
    @FieldSource("WITH_SESSION")
    void leaseIsServedWithItsSession(LeaseState state) {
        connect();
        Lease lease = TestLaunches.lease(LAUNCH, state);
        Session session = session(lease);

        deliveries.serve(lease);

        assertThat(delivered).containsExactly(new Delivery.Serve(lease, session));
    }

    @ParameterizedTest
    @FieldSource("WITH_SESSION")
    void leaseWhoseSessionOnlyTheAgentHasIsKept(LeaseState state) {
        connect();
        Lease lease = TestLaunches.lease(LAUNCH, state);

        deliveries.serve(lease);

        assertThat(delivered).containsExactly(new Delivery.Keep(lease));
    }

    @Test
    void leaseIsSentWithTheExecutorThatTheMasterShowsForItsTask() {
        connect();
        show("executor-1");
        Lease held = TestLaunches.lease(LAUNCH, ACTIVE);
        deliveries.serve(held);
        Session session = session(held);
        deliveries.serve(held);

        Optional<String> executor = Optional.of("executor-1");
        assertThat(delivered)
                .containsExactly(
                        new Delivery.Keep(held, Optional.empty(), executor),
                        new Delivery.Serve(held, session, Optional.empty(), executor));
    }

    private void show(String executor) {
        Task task = TestLaunches.task(LAUNCH, TaskState.RUNNING, Optional.of(CONTAINER), Optional.empty())
                .task()
                .or(Optional.of(executor), Optional.empty());
        ClusterState nothing = new SimulatedCluster().state();
        ClusterState state = new ClusterState(
                nothing.version(),
                nothing.leader(),
                nothing.masterAnswers(),
                nothing.enforcement(),
                nothing.view(),
                nothing.frameworks(),
                nothing.agents(),
                Map.of(LAUNCH, new LaunchedTask(LAUNCH, task, true, Optional.empty())));
        tracked.launches().update(state, Set.of(LAUNCH), Instant.EPOCH);
    }

    @ParameterizedTest
    @FieldSource("WITHOUT_SESSION")
    void leaseWithoutASessionIsNotServed(LeaseState state) {
        connect();

        deliveries.serve(TestLaunches.lease(LAUNCH, state));

        assertThat(delivered).isEmpty();
    }

    @Test
    void disconnectedHostReceivesNothing() {
        everyDelivery();

        assertThat(delivered).isEmpty();
    }

    @Test
    void hostReceivesNothingWhileItsDeliveriesAreSuppressed() {
        connect();

        deliveries.suppressed(HOST, this::everyDelivery);
        assertThat(delivered).isEmpty();

        everyDelivery();
        assertThat(delivered).hasSize(4);
    }

    @Test
    void otherHostsReceiveDeliveriesWhileOneIsSuppressed() {
        connect();

        deliveries.suppressed(new MesosAgentId("S2"), this::everyDelivery);

        assertThat(delivered).hasSize(4);
    }

    @Test
    void repeatedAskIsAnsweredForItsContainerAndName() {
        connect();
        Lease lease = keep(TestLaunches.lease(LAUNCH, ACTIVE).bind(CONTAINER));
        Session session = session(lease);
        session(keep(TestLaunches.lease(TestLaunches.launch("b"), ACTIVE).bind(ContainerId.of("c2"))));
        session(keep(TestLaunches.lease(TestLaunches.launch("c"), ACTIVE)));
        Refusal refusal = refusal(CONTAINER, CredentialName.DEFAULT);
        Refusal ofAnotherContainer = new Refusal(
                new LeaseKey(TestLaunches.launch("b"), CredentialName.DEFAULT),
                ContainerId.of("c2"),
                RefusalCode.DENIED,
                "denied");
        Stream.of(refusal, refusal(CONTAINER, new CredentialName("extra")), ofAnotherContainer)
                .forEach(tracked.refusals()::put);

        deliveries.repeat(HOST, CONTAINER, CredentialName.DEFAULT);

        assertThat(delivered).containsExactly(refusal.delivery(), new Delivery.Serve(lease, session));
    }

    @Test
    void askForASessionThatOnlyTheAgentHadIsNotAnswered() {
        connect();
        keep(TestLaunches.lease(LAUNCH, ACTIVE).bind(CONTAINER));

        deliveries.repeat(HOST, CONTAINER, CredentialName.DEFAULT);

        assertThat(delivered).isEmpty();
    }

    private void everyDelivery() {
        Refusal refusal = refusal(CONTAINER, CredentialName.DEFAULT);
        Lease lease = TestLaunches.lease(LAUNCH, ACTIVE);
        deliveries.serve(lease);
        deliveries.withdraw(lease, "over");
        deliveries.refuse(refusal);
        deliveries.clearRefusal(refusal);
    }

    private void connect() {
        tracked.hosts().connect(HOST, 1, Map.of(CONTAINER, since(1)), false);
    }

    private Lease keep(Lease lease) {
        assertThat(tracked.leases().put(ManagedLease.fromRow(lease))).isTrue();
        return lease;
    }

    private Session session(Lease lease) {
        Session session = new Session("AKIAFAKE", Secret.of("secret"), Secret.of("token"), END);
        tracked.sessions().put(lease.id(), lease.identityHash(), session);
        return session;
    }

    private static Refusal refusal(ContainerId container, CredentialName name) {
        return new Refusal(new LeaseKey(LAUNCH, name), container, RefusalCode.DENIED, "denied");
    }
}
