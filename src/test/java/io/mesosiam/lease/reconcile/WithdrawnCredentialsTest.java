package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.AgentInMemory;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.IamRole;
import io.mesosiam.policy.PolicyId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Withdrawals by operators and by the end of a time to live. */
class WithdrawnCredentialsTest extends ReconcilerFixture {
    @Test
    void withdrawalByAnOperatorIsAuditedWithItsReasonAndUser() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        LeaseId served = tables.live().getFirst().id();

        reconciler.withdrawalsChanged(
                Set.of(Withdrawal.of(tables.live().getFirst().key(), "leaked").by("alice")));
        settle();

        assertThat(tables.live()).isEmpty();
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.lease()).contains(served);
                    assertThat(event.message()).isEqualTo("leaked (by alice)");
                });
        assertThat(tables.trail).extracting(AuditEvent::kind).contains(AuditEvent.Kind.REAPED);
    }

    @Test
    void withdrawnPolicyEndsTheLeasesThatItGivesUntilItIsLifted() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        bind(start(2), ContainerId.of("c2"));
        settle();
        Lease lease = tables.live().getFirst();
        Withdrawal ofPolicy = withdrawal(Optional.of(lease.policy()), Optional.empty());
        Withdrawal ofRole = withdrawal(Optional.empty(), Optional.of(lease.role()));

        for (Withdrawal withdrawal : List.of(ofPolicy, ofRole)) {
            tables.trail.clear();
            reconciler.withdrawalsChanged(List.of(withdrawal));
            settle();

            assertThat(served()).isEmpty();
            assertThat(agent.refused).hasSize(2);
            assertThat(tables.trail)
                    .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                    .hasSize(2);
            reconciler.withdrawalsChanged(List.of());
            settle();
            assertThat(served()).hasSize(2);
        }
    }

    private static Withdrawal withdrawal(Optional<PolicyId> policy, Optional<IamRole> role) {
        return new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                new Withdrawal.Given(policy, role),
                "leaked",
                Optional.of("alice"));
    }

    /** The first value withdraws the task that has the lease; the second withdraws the task that would get it next. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void containerOfAWithdrawnTaskIsServedNoSession(int withdrawn) {
        allow(Sharing.ROLE);
        connect();
        List<SimulatedCluster.Run> runs = List.of(start(2), start(1));
        for (SimulatedCluster.Run run : runs) {
            bind(run, CONTAINER);
            settle();
        }
        assertThat(served()).singleElement().extracting(Lease::launch).isEqualTo(runs.getFirst().launch);

        reconciler.withdrawalsChanged(
                List.of(Withdrawal.of(new LeaseKey(runs.get(withdrawn).launch, CredentialName.DEFAULT), "leaked")));
        settle();
        assertThat(served()).isEmpty();
        assertThat(agent.refused).hasSize(1);
        pass(Duration.ofMinutes(50));
        assertThat(served()).isEmpty();

        reconciler.withdrawalsChanged(List.of());
        settle();
        assertThat(served()).hasSize(1);
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void tasksHeldBackByAnUnreadableWithdrawalAreIssuedCredentialsOnceItIsLifted() {
        allow(Sharing.TASK);
        holdsBack = true;
        connect();
        bind(start(1), CONTAINER);
        bind(start(2), ContainerId.of("c2"));
        settle();
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.UNDECIDED, 2L));

        holdsBack = false;
        reconciler.withdrawalsChanged(List.of());
        reconciler.holdsBackChanged();
        settle();

        assertThat(served()).hasSize(2);
        assertThat(reconciler.overview().waitingByReason()).isEmpty();
    }

    /** The first task has the lease; an operator withdraws the credentials of one of the tasks. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void withdrawalInASharedContainerIsReportedAndAuditedForEveryTask(int withdrawn) {
        allow(Sharing.ROLE);
        connect();
        List<SimulatedCluster.Run> runs = List.of(start(2), start(1));
        for (SimulatedCluster.Run run : runs) {
            bind(run, CONTAINER);
            settle();
        }
        tables.trail.clear();

        reconciler.withdrawalsChanged(
                List.of(Withdrawal.of(new LeaseKey(runs.get(withdrawn).launch, CredentialName.DEFAULT), "leaked")
                        .by("alice")));
        settle();

        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).startsWith("leaked (by alice)"));
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.REAPED)
                .hasSize(1);
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.WITHDRAWN, 2L));
        assertThat(reconciler
                        .overview()
                        .outlook(runs.get(1 - withdrawn).launch)
                        .waiting()
                        .get(CredentialName.DEFAULT))
                .satisfies(waiting -> {
                    assertThat(waiting.why()).isEqualTo(WaitReason.OTHER_TASK_WITHDRAWN);
                    assertThat(waiting.reason())
                            .isEqualTo("leaked (by alice), withdrawn from " + runs.get(withdrawn).launch
                                    + " in the same container");
                });
        Map<AgentInMemory.Key, Delivery.Refuse> refused = Map.copyOf(agent.refused);
        connect();
        assertThat(agent.refused).hasSize(1).isEqualTo(refused);
    }

    @Test
    void endOfATimeToLiveIsReportedAsAWithdrawalForTheOtherTasksOfTheContainer() {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.empty(), Optional.of(Duration.ofHours(1)), Sharing.ROLE, Prefetch.ALWAYS)));
        connect();
        bind(start(1), CONTAINER);
        settle();
        pass(Duration.ofMinutes(55));
        SimulatedCluster.Run young = start(2);
        bind(young, CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        pass(Duration.ofMinutes(6));

        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.WITHDRAWN, 2L));
        assertThat(reconciler
                        .overview()
                        .outlook(young.launch)
                        .waiting()
                        .get(CredentialName.DEFAULT)
                        .why())
                .isEqualTo(WaitReason.OTHER_TASK_WITHDRAWN);
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .hasSize(1);
    }
}
