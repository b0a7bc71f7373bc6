package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.PolicyId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An agent connects that holds what this controller doesn't know: another controller issued it and was lost before it had
 * written the row, or this one's memory is older than what another one did. The simulation found each of these.
 */
class RetainedSessionsTest extends ReconcilerFixture {
    private static final MesosAgentId OTHER = new MesosAgentId("S2");

    private boolean away;

    @Override
    LeaseRows rows() {
        return new LeaseRows() {
            @Override
            public List<Lease> live(MesosAgentId host) {
                if (away) {
                    throw new IllegalStateException("the database is away");
                }
                return tables.live(host);
            }

            @Override
            public Set<LeaseId> recorded(Set<LeaseId> leases) {
                return tables.recorded(leases);
            }
        };
    }

    @BeforeEach
    void serve() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
    }

    private LeaseId held() {
        return served().getFirst().id();
    }

    /** The row of the lease was never written. */
    private void lose(LeaseId lease) {
        tables.rows.remove(lease);
    }

    /** Another controller takes the host over. It has not learned of the task. */
    private List<Delivery> connectWithAnother() {
        reconciler = newReconciler();
        return connect();
    }

    @Test
    void sessionOfATaskThatIsNotKnownStaysUntilTheTaskIsKnown() {
        LeaseId first = held();
        lose(first);

        assertThat(connectWithAnother()).containsExactly(new Delivery.Retain(first));
        assertThat(held()).isEqualTo(first);
        assertThat(again).isEmpty();

        show();
        assertThat(again).containsExactly(2L);
        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
        settle();
        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(1);
        show();
        assertThat(again).hasSize(1);
    }

    /** Its claim was never recorded, so this controller has had the host without interruption by the table of claims. */
    @Test
    void sessionStaysThatAnotherControllerIssuedBetweenTwoClaimsOfThisOne() {
        LeaseId first = held();
        ContainerId other = ContainerId.of("c2");
        agent.running.put(other, since(2));
        Lease issued = unbound(served().getFirst(), new LeaseId(new UUID(0, 1))).bind(other);
        agent.served.put(
                issued.id(), new AgentInMemory.Served(issued, clock.instant().plusSeconds(600)));

        assertThat(connect(true)).contains(new Delivery.Retain(issued.id()));

        assertThat(served()).extracting(Lease::id).containsExactlyInAnyOrder(first, issued.id());
    }

    @Test
    void retainedSessionStaysWhenItsAgentConnectsAgain() {
        LeaseId first = held();
        lose(first);
        connectWithAnother();

        reconciler.disconnected(HOST, 2);
        away = true;
        assertThat(connect()).containsExactly(new Delivery.Retain(first));
        assertThat(connect()).containsExactly(new Delivery.Retain(first));

        show();
        assertThat(again).containsExactly(4L);
        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void withdrawalBetweenTwoConnectionsEndsARetainedSession() {
        lose(held());
        connectWithAnother();
        reconciler.disconnected(HOST, 2);

        reconciler.withdrawalsChanged(List.of(withdrawal(Optional.empty())));

        assertThat(again).isEmpty();
        assertThat(connect()).isEmpty();
        assertThat(served()).isEmpty();
    }

    /** A hint was lost: the next complete pass finds it. */
    @Test
    void completePassFindsSessionsAboutWhichCanBeDecided() {
        lose(held());
        Map<Launch, SimulatedCluster.Run> runs = new LinkedHashMap<>(cluster.runs);
        cluster.runs.clear();
        connectWithAnother();
        show();
        cluster.runs.putAll(runs);
        reconciler.changed(cluster.state(), Set.of());
        assertThat(again).isEmpty();

        settle();

        assertThat(again).containsExactly(2L);
    }

    @Test
    void sessionEndsIfItsTaskIsKnownAndNothingGivesIt() {
        lose(held());
        policy.clear();
        reconciler = newReconciler();
        show();

        assertThat(connect()).doesNotHaveAnyElementsOfTypes(Delivery.Retain.class, Delivery.Keep.class);
        assertThat(served()).isEmpty();
    }

    @Test
    void leaseThatAnotherControllerHasReplacedEndsIfTheAgentHoldsItsSuccessor() {
        Lease replaced = served().getFirst();
        policy.put(CredentialName.DEFAULT, TestLaunches.allowed(entitlement("b")));
        reconciler.policies().changed(2);
        settle();
        assertThat(served()).singleElement().isNotEqualTo(replaced);
        assertThat(sts.callsInAll()).isEqualTo(2);
        lose(held());
        tables.rows.put(replaced.id(), replaced);
        reconciler = newReconciler();
        show();

        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
        settle();

        assertThat(served().getFirst().role()).isEqualTo(entitlement("b").role());
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    /** The rows have the lease that policies replaced, and not its successor. Then policies change again. */
    @Test
    void successorOfAReplacedLeaseContinuesWhilePoliciesConflict() {
        Lease replaced = served().getFirst();
        Decision.Allowed first = (Decision.Allowed) policy.get(CredentialName.DEFAULT);
        Decision.Allowed second = (Decision.Allowed) TestLaunches.allowed(entitlement("b"));
        policy.put(CredentialName.DEFAULT, second);
        reconciler.policies().changed(2);
        settle();
        lose(held());
        tables.rows.put(replaced.id(), replaced);
        Map<PolicyId, Entitlement> standing = new LinkedHashMap<>();
        standing.put(first.policy(), first.entitlement());
        standing.put(new PolicyId(new UUID(7, 7)), second.entitlement());
        policy.put(CredentialName.DEFAULT, new Decision.Conflict(List.of(), standing, "policies differ", List.of()));
        reconciler = newReconciler();
        show();

        connect();
        settle();

        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.role())
                .isEqualTo(entitlement("b").role()));
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void sessionStaysUntilTheMastersFlagsAreKnown() {
        LeaseId first = held();
        lose(first);
        reconciler = newReconciler();
        Decision allowed = Objects.requireNonNull(
                policy.put(CredentialName.DEFAULT, new Decision.Pending("the flags are not known yet")));
        reconciler.changed(flags(cluster.state(), Enforcement.UNKNOWN), cluster.runs.keySet());

        assertThat(connect()).containsExactly(new Delivery.Retain(first));

        policy.put(CredentialName.DEFAULT, allowed);
        show();
        assertThat(again).containsExactly(2L);
        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
    }

    private static ClusterState flags(ClusterState state, Enforcement enforcement) {
        return new ClusterState(
                state.version(),
                state.leader(),
                state.masterAnswers(),
                enforcement,
                state.view(),
                state.frameworks(),
                state.agents(),
                state.launches());
    }

    /** The former controller was lost before it had written that the lease is bound. */
    @Test
    void leaseIsBoundToTheContainerInWhichItIsServedBeforeTheTasksContainerIsKnown() {
        Lease bound = served().getFirst();
        tables.rows.put(bound.id(), unbound(bound, bound.id()));
        reconciler = newReconciler();
        cluster.runs.values().forEach(run -> run.container = Optional.empty());
        show();

        assertThat(connect()).singleElement().isInstanceOfSatisfying(Delivery.Keep.class, keep -> assertThat(
                        keep.lease().container())
                .contains(CONTAINER));
        settle();
        assertThat(tables.live()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
    }

    private static Lease unbound(Lease lease, LeaseId id) {
        return new Lease(
                id,
                lease.key(),
                lease.role(),
                lease.policy(),
                lease.identityHash(),
                lease.sessionName(),
                lease.witnessed(),
                Optional.empty(),
                lease.createdAt(),
                lease.until(),
                lease.state(),
                1);
    }

    /** Two controllers had written leases under different numbers of the launch; one of them before the container was known. */
    @Test
    void ofTwoRowsThatAreOfOneLaunchTheBoundOneIsKept() {
        Lease bound = served().getFirst();
        Launch launch = bound.launch();
        LeaseId other = new LeaseId(new UUID(0, 1));
        tables.rows.put(other, unbound(bound, other));
        tables.rows.put(bound.id(), bound.renumbered(new Launch(launch.key(), launch.sequence() + 1)));
        reconciler = newReconciler();
        show();

        connect();
        settle();

        assertThat(served()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(tables.live()).extracting(Lease::id).containsExactly(bound.id());
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** The former controller had counted an earlier launch more. Its row of that one has the number of the task's launch here. */
    @Test
    void rowOfAnEarlierLaunchWithTheSameNumberDoesNotTakeThePlaceOfAHeldSession() {
        Lease bound = served().getFirst();
        lose(bound.id());
        LeaseId earlier = new LeaseId(new UUID(0, 1));
        tables.rows.put(earlier, unbound(bound, earlier).bind(ContainerId.of("c0")));
        reconciler = newReconciler();
        show();

        assertThat(connect()).singleElement().isInstanceOf(Delivery.Keep.class);
        settle();

        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
        assertThat(tables.live()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** Two tasks share a session. One of them isn't known here, and the other one has no container yet. */
    @Test
    void sharedSessionOfATaskThatIsNotKnownIsNotTakenByATaskThatStarts() {
        allow(Sharing.ROLE);
        reconciler.policies().changed(2);
        settle();
        Lease first = served().getFirst();
        lose(first.id());
        cluster.runs.clear();
        Launch starting = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 2, HOST).launch;
        LeaseId pending = new LeaseId(new UUID(0, 1));
        tables.rows.put(
                pending, unbound(first, pending).renumbered(starting).in(new LeaseState.Pending("waiting for STS")));
        reconciler = newReconciler();
        show();

        assertThat(connect())
                .contains(new Delivery.Retain(first.id()))
                .doesNotHaveAnyElementsOfTypes(Delivery.Keep.class);
        settle();

        assertThat(served()).extracting(Lease::container).contains(Optional.of(CONTAINER));
    }

    /** Both tasks are known here. The row of the lease with the session was never written. */
    @Test
    void sharedSessionOfAKnownTaskIsNotTakenByATaskThatStarts() {
        allow(Sharing.ROLE);
        reconciler.policies().changed(2);
        settle();
        Lease first = served().getFirst();
        lose(first.id());
        Launch starting = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 2, HOST).launch;
        LeaseId pending = new LeaseId(new UUID(0, 1));
        tables.rows.put(
                pending, unbound(first, pending).renumbered(starting).in(new LeaseState.Pending("waiting for STS")));
        reconciler = newReconciler();
        show();

        connect();
        assertThat(served()).extracting(Lease::container).containsExactly(Optional.of(CONTAINER));
    }

    @Test
    void sessionEndsIfItsLeaseHasEnded() {
        LeaseId first = held();
        reconciler.withdrawalsChanged(List.of(withdrawal(Optional.of(HOST))));
        settle();
        agent.served.put(
                first,
                new AgentInMemory.Served(tables.rows.get(first), clock.instant().plusSeconds(600)));

        assertThat(connectWithAnother()).isEmpty();
    }

    @Test
    void sessionEndsIfAWithdrawalMayCoverIt() {
        lose(held());
        reconciler = newReconciler();
        reconciler.withdrawalsChanged(List.of(withdrawal(Optional.empty())));

        assertThat(connect()).isEmpty();
    }

    @Test
    void laterWithdrawalThatMayCoverItEndsTheSession() {
        lose(held());
        connectWithAnother();

        reconciler.withdrawalsChanged(List.of(withdrawal(Optional.of(OTHER))));
        assertThat(again).isEmpty();
        reconciler.withdrawalsChanged(List.of(withdrawal(Optional.empty())));

        assertThat(again).containsExactly(2L);
        assertThat(connect()).isEmpty();
        assertThat(served()).isEmpty();
    }

    @Test
    void withdrawalOfAnotherNameEndsNoSession() {
        LeaseId first = held();
        lose(first);
        reconciler = newReconciler();
        reconciler.withdrawalsChanged(List.of(new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(HOST),
                OptionalLong.empty(),
                Optional.of(new CredentialName("logs")),
                "revoked")));

        assertThat(connect()).containsExactly(new Delivery.Retain(first));
    }

    @Test
    void sessionEndsIfItsContainerDoesNotRun() {
        lose(held());
        agent.running.clear();

        assertThat(connectWithAnother()).isEmpty();
    }

    /** The agent says under which epoch it was served last: this controller's memory is older. */
    @Test
    void memoryIsNotContinuedUnderAProvisionalClaimIfTheAgentWasServedByAnotherController() {
        away = true;

        connect(Ownership.provisional(1, OptionalLong.of(1)));
        connect(Ownership.provisional(1, OptionalLong.empty()));
        assertThat(served()).hasSize(1);
        assertThatThrownBy(() -> connect(Ownership.provisional(1, OptionalLong.of(2))))
                .isInstanceOf(IllegalStateException.class);
    }

    /** All controllers that never had the host have the epoch 0. */
    @Test
    void epochZeroDoesNotSayWhichControllerServedTheAgent() {
        reconciler = newReconciler();
        show();
        connect(Ownership.provisional(0, OptionalLong.of(1)));
        away = true;

        assertThatThrownBy(() -> connect(Ownership.provisional(0, OptionalLong.of(0))))
                .isInstanceOf(IllegalStateException.class);
    }

    private void connect(Ownership ownership) {
        reconciler.connected(HOST, ownership, agent.held(), Map.copyOf(agent.running), agent::sync);
    }

    private static Withdrawal withdrawal(Optional<MesosAgentId> host) {
        return new Withdrawal(
                Optional.empty(), Optional.empty(), host, OptionalLong.empty(), Optional.empty(), "revoked");
    }
}
