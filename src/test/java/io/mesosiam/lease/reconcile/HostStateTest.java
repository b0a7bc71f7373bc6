package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostStateTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    @Test
    void completeStateHasNoMoreEntriesThanAnAgentReads() {
        ReconcilerState tracked = ReconcilerState.empty(new RenewalRule(new Random(1)));
        for (int i = 0; i < 20_100; i++) {
            tracked.refusals()
                    .put(new Refusal(
                            new LeaseKey(TestLaunches.launch("F1", "t" + i, HOST, 1), CredentialName.DEFAULT),
                            ContainerId.of("c" + i),
                            RefusalCode.NO_POLICY,
                            "no policy"));
        }

        assertThat(new HostState(tracked, new RetainedSessions(tracked)).full(HOST, List.of(), Set.of()))
                .hasSize(20_000);
    }
}
