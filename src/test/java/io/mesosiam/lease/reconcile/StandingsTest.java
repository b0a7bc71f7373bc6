package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.PolicyId;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What a snapshot says of each task's credentials, after the plans of the tasks. */
class StandingsTest extends SharedContainerFixture {
    private LaunchStanding standing(SimulatedCluster.Run run) {
        return reconciler.overview().standings().apply(run.launch);
    }

    @Test
    void taskHasItsLeaseAndTheOtherTaskOfTheContainerWaitsForNone() {
        SimulatedCluster.Run first = startShared(0);
        SimulatedCluster.Run second = startShared(1);

        assertThat(standing(first).connected()).isTrue();
        assertThat(standing(first).leases()).containsOnlyKeys(CredentialName.DEFAULT);
        assertThat(standing(first).leases().get(CredentialName.DEFAULT).state()).isInstanceOf(LeaseState.Active.class);
        assertThat(standing(second).leases()).isEmpty();
        assertThat(standing(second).waiting().get(CredentialName.DEFAULT).why())
                .isEqualTo(WaitReason.SERVED_BY_OTHER_TASK);
        assertThat(reconciler.overview().waitingByReason()).as("metric").isEmpty();
    }

    @Test
    void deniedTaskHasItsRefusalUntilItEnds() {
        policyOf.put("t0", new Decision.Denied(new PolicyId(new UUID(1, 2)), "policy ops denies it", List.of()));
        SimulatedCluster.Run denied = startShared(0);
        Function<Launch, LaunchStanding> before = reconciler.overview().standings();

        assertThat(standing(denied).refusals().get(CredentialName.DEFAULT).code())
                .isEqualTo(RefusalCode.DENIED);

        endAll(denied);
        assertThat(before.apply(denied.launch).refusals())
                .as("an earlier snapshot")
                .hasSize(1);
    }

    @Test
    void waitOfATaskWhoseSessionFailsNamesTheReasonAndGoesWithTheNextSession() {
        sts.mood = StsInMemory.Mood.REFUSING;
        SimulatedCluster.Run run = startShared(0);

        assertThat(standing(run).leases().get(CredentialName.DEFAULT).state()).isInstanceOf(LeaseState.Failed.class);
        assertThat(standing(run).waiting()).containsOnlyKeys(CredentialName.DEFAULT);

        run.state = TaskState.RUNNING;
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        assertThat(standing(run).connected()).isFalse();
    }
}
