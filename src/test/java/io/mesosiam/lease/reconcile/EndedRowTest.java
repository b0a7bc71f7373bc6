package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Another controller sees a launch end and ends the row of its lease. The host's own controller was cut off from the master, and
 * takes the next launch of the task for the same one. The simulation found this.
 */
class EndedRowTest extends ReconcilerFixture {
    private Lease ended;

    @BeforeEach
    void givesTheLeaseToTheNextLaunch() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        ended = tables.live().getFirst();
        assertThat(ended.container()).isEmpty();
        endRow(ended);

        bind(run, CONTAINER);
        settle();
    }

    private void endRow(Lease row) {
        tables.rows.put(row.id(), row.in(new LeaseState.Reaped("TASK_FINISHED", clock.instant())));
    }

    @Test
    void containerIsServedUnderALeaseThatHasALiveRowWithoutACall() {
        assertThat(served()).singleElement().satisfies(lease -> {
            assertThat(lease.id()).isNotEqualTo(ended.id());
            assertThat(lease.container()).contains(CONTAINER);
            assertThat(lease.createdAt()).isEqualTo(ended.createdAt());
            assertThat(lease.until()).isEqualTo(ended.until());
        });
        assertThat(tables.live()).extracting(Lease::id).containsExactlyElementsOf(agent.served.keySet());
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void leaseWhoseRowIsEndedDuringItsRenewalIsRenewedUnderTheOtherId() {
        Lease live = tables.live().getFirst();
        clock.advance(Duration.ofMinutes(40));
        drain();
        assertThat(sts.waiting()).isEqualTo(1);
        endRow(live);

        settle();
        pass(Duration.ofMinutes(1));

        assertThat(tables.live())
                .extracting(Lease::id)
                .doesNotContain(live.id())
                .containsExactlyElementsOf(agent.served.keySet());
        assertThat(agent.served.values()).allSatisfy(it -> assertThat(it.expiration())
                .isAfter(clock.instant().plus(Duration.ofMinutes(58))));
    }

    @Test
    void withdrawalEndsTheLeaseAndItsRow() {
        reconciler.withdrawalsChanged(
                List.of(Withdrawal.of(tables.live().getFirst().key(), "revoked")));
        settle();

        assertThat(served()).isEmpty();
        assertThat(tables.live()).isEmpty();
    }
}
