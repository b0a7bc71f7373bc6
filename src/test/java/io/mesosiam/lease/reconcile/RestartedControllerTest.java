package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A controller that starts, or gets a host back: what it adopts, renews and corrects. */
class RestartedControllerTest extends ReconcilerFixture {
    private boolean rowsAreReadable = true;

    @Override
    LeaseRows rows() {
        return host -> {
            if (!rowsAreReadable) {
                throw new IllegalStateException("rows can't be read");
            }
            return tables.live(host);
        };
    }

    @Test
    void afterARestartHeldLeasesAreAdoptedWithoutACall() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        int calls = sts.callsInAll();
        Set<LeaseId> before = Set.copyOf(agent.served.keySet());

        reconciler = newReconciler();
        show();
        List<Delivery> dependencies = connect();
        settle();

        assertThat(dependencies).singleElement().isInstanceOf(Delivery.Keep.class);
        assertThat(agent.served.keySet()).isEqualTo(before);
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    /** Each controller has written leases under its own number of the launch. */
    @Test
    void rowsOfOneContainerAreOfOneLaunch() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        Lease row = tables.live().getFirst();
        Launch later = new Launch(row.launch().key(), row.launch().sequence() + 1);

        assertThat(LeftRows.underOneNumber(List.of(row, row.renumbered(later))))
                .extracting(Lease::launch)
                .containsExactly(later, later);
    }

    /** The former controller was lost before it had written the row. */
    @Test
    void heldSessionWithoutARowIsContinuedWithoutACall() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        tables.rows.clear();

        reconciler = newReconciler();
        show();
        List<Delivery> state = connect();
        settle();

        assertThat(state).singleElement().isInstanceOf(Delivery.Keep.class);
        assertThat(tables.live()).extracting(Lease::id).containsExactlyElementsOf(agent.served.keySet());
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    /** An agent must not compare the revisions of two controllers. */
    @Test
    void nextControllerCountsRevisionsFromRowsThatLackTheLastSessionsOfTheFormer() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        Lease row = tables.live().getFirst();
        pass(Duration.ofMinutes(150));
        long last = served().getFirst().revision();
        assertThat(last).isGreaterThan(row.revision() + 2);
        tables.rows.put(row.id(), row);

        restart();
        pass(Duration.ofMinutes(45));

        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.revision())
                .isBetween(row.revision() + 1, last - 1));
    }

    @Test
    void heldSessionWithoutARowIsKeptWhilePoliciesConflict() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        tables.rows.clear();
        Decision.Allowed allowed = (Decision.Allowed) policy.get(CredentialName.DEFAULT);
        policy.put(
                CredentialName.DEFAULT,
                new Decision.Conflict(
                        List.of(), Map.of(allowed.policy(), allowed.entitlement()), "policies differ", List.of()));

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void fencedWriteEndsTheStreamOfTheHost() {
        connect();
        allow(Sharing.TASK);
        long epoch = tables.epochs.get(HOST);
        tables.epochs.put(HOST, epoch + 1);

        bind(start(1), CONTAINER);
        settle();

        assertThat(lost).containsExactly(epoch);
    }

    @Test
    void afterARestartLostSessionsAreRequestedAgain() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        agent.served.clear();

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void leaseThatContinuesAfterAHandOverIsAuditedAsAdoptedOnce() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        restart();
        assertThat(adopted()).hasSize(1);

        // The same controller connects again; nothing is taken over.
        long epoch = tables.epochs.get(HOST);
        reconciler.connected(HOST, new Ownership(epoch, true), agent.held(), Map.copyOf(agent.running), _ -> {});
        settle();
        assertThat(adopted()).hasSize(1);
    }

    @Test
    void restartOfTheHostsOwnControllerTakesNothingOver() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        reconciler = newReconciler();
        show();
        connect(true);
        settle();

        assertThat(adopted()).isEmpty();
        assertThat(served()).hasSize(1);
    }

    /** The claim that follows an attempt whose rows couldn't be read is a continued one. */
    @Test
    void takeoverIsAuditedOnceAlsoIfItsFirstAttemptFailed() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        reconciler = newReconciler();
        show();
        rowsAreReadable = false;
        assertThatThrownBy(() -> connect(false)).isInstanceOf(IllegalStateException.class);

        rowsAreReadable = true;
        connect(true);
        settle();
        assertThat(adopted()).hasSize(1);

        connect(true);
        assertThat(adopted()).hasSize(1);
    }

    private List<AuditEvent> adopted() {
        return tables.trail.stream()
                .filter(event -> event.kind() == AuditEvent.Kind.ADOPTED)
                .toList();
    }

    @Test
    void rowLeftPendingByAnotherControllerIsCorrectedWhenTheHostReturns() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        Lease served = tables.live().getFirst();
        int calls = sts.callsInAll();
        tables.claim(HOST);
        tables.rows.put(served.id(), served.in(new LeaseState.Pending("requested by another controller")));

        connect();
        settle();

        assertThat(tables.live()).extracting(Lease::state).containsExactly(served.state());
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void leasesOfAHostClaimedByAnotherControllerAreForgotten() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        tables.claim(HOST);

        clock.advance(Duration.ofMinutes(40));
        settle();

        assertThat(reconciler.overview().leases()).isEmpty();
        assertThat(reconciler.overview().counts().sessions()).isZero();
    }

    @Test
    void leaseIsRenewedDespiteAnUnreadableWithdrawalEvenAfterARestart() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        holdsBack = true;
        restart();
        pass(Duration.ofMinutes(130));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void leaseIsRenewedDespiteAnUndecidedPolicyEvenAfterARestart() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        bind(start(2), ContainerId.of("c2"));
        settle();

        policy.put(
                CredentialName.DEFAULT,
                new Decision.Pending("a row may deny it", List.of(), Map.of(TestLaunches.POLICY, entitlement("a"))));
        restart();
        bind(start(3), ContainerId.of("c3"));
        pass(Duration.ofMinutes(130));
        assertThat(served()).hasSize(2);

        policy.put(
                CredentialName.DEFAULT,
                new Decision.Pending("a row may deny it", List.of(), Map.of(TestLaunches.POLICY, entitlement("b"))));
        restart();
        pass(Duration.ofMinutes(70));
        assertThat(served()).isEmpty();
    }
}
