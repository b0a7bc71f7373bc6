package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy's time to live changes, and then the task can't be decided for some time. */
class ChangedTimeToLiveTest {
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final ContainerId CONTAINER = ContainerId.of("c1");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private Decision decision = limited(Duration.ofHours(1));
    private final Reconciler reconciler = new Reconciler(
            TestLeaseConfig.DEFAULTS,
            new Reconciler.Dependencies(
                    _ -> Map.of(CredentialName.DEFAULT, decision),
                    sts,
                    (_, delivery) -> {
                        agent.receive(delivery);
                        return true;
                    },
                    tables,
                    sts,
                    clock,
                    new Random(1)),
            tables.journal());

    @ParameterizedTest(name = "from {0} min to {1} min: served after 65 min {2}")
    @CsvSource({"60, 120, true", "120, 60, false"})
    void lastTimeToLiveThatPolicyGaveAppliesWhileUndecided(int before, int after, boolean served) {
        change(limited(Duration.ofMinutes(before)));
        reconciler.connected(HOST, tables.claim(HOST), agent.held(), Map.of(CONTAINER, 1L), agent::sync);
        start();
        pass(Duration.ofMinutes(25));

        change(limited(Duration.ofMinutes(after)));
        change(new Decision.Pending("the task's framework is not visible yet"));
        pass(Duration.ofMinutes(40));

        assertThat(agent.served.size()).isEqualTo(served ? 1 : 0);
        assertThat(tables.withdrawals).hasSize(served ? 0 : 1);
    }

    private void start() {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        reconciler.changed(cluster.state(), cluster.runs.keySet());
        settle();
    }

    private static Decision limited(Duration ttl) {
        return TestLaunches.allowed(
                TestLaunches.entitlement("a", Optional.empty(), Optional.of(ttl), Sharing.TASK, Prefetch.ALWAYS));
    }

    private void change(Decision next) {
        decision = next;
        reconciler.policyChanged();
        settle();
    }

    private void pass(Duration time) {
        for (long minute = 0; minute < time.toMinutes(); minute++) {
            clock.advance(Duration.ofMinutes(1));
            agent.dropExpired(clock.instant());
            settle();
        }
    }

    private void settle() {
        Steps.settle(reconciler, sts);
    }
}
