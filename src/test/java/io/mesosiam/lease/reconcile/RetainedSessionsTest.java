package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Sharing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
