package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class FullPassTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration PERIOD = Duration.ofMinutes(5);

    private final RandomGenerator random = new Random(1);
    private final RenewalRule rule = new RenewalRule(random);
    private final ReconcilerState tracked = ReconcilerState.empty(rule);
    private final WorkQueue<Launch> queue = new WorkQueue<>(rule::backoff);
    private final FullPass pass = new FullPass(tracked, queue, PERIOD, random);
    private final SimulatedCluster cluster = new SimulatedCluster();

    @Test
    void firstPassIsDueAtOnceAndTheNextAfterThePeriod() {
        assertThat(pass.isDue(T0)).isTrue();

        run(T0);

        assertThat(pass.next()).contains(T0.plus(PERIOD));
        assertThat(pass.isDue(T0.plus(PERIOD).minusMillis(1))).isFalse();
        assertThat(pass.isDue(T0.plus(PERIOD))).isTrue();
    }

    @Test
    void launchesAreSpreadOverThePeriod() {
        Set<Launch> all = new HashSet<>();
        for (int task = 0; task < 100; task++) {
            all.add(start(task).launch);
        }

        run(T0);

        Set<Launch> early = due(T0.plus(PERIOD.dividedBy(2)));
        assertThat(early).hasSizeBetween(1, 99);
        Set<Launch> late = due(T0.plus(PERIOD));
        assertThat(late).doesNotContainAnyElementsOf(early);
        late.addAll(early);
        assertThat(late).isEqualTo(all);
    }

    @Test
    void launchThatOnlyALeaseNamesIsMarked() {
        Launch leased = TestLaunches.launch("a");
        tracked.leases().put(ManagedLease.fromRow(TestLaunches.lease(leased, new LeaseState.Pending("new"))));

        run(T0);

        assertThat(due(T0.plus(PERIOD))).containsExactly(leased);
    }

    @Test
    void refusalOfAnUnknownLaunchIsForgottenAndReported() {
        Refusal shown = refusal(start(1).launch);
        Refusal unknown = refusal(TestLaunches.launch("a"));
        tracked.refusals().put(shown);
        tracked.refusals().put(unknown);

        List<Refusal> forgotten = new ArrayList<>(run(T0).forgotten());
        forgotten.addAll(run(T0.plus(PERIOD)).forgotten());

        assertThat(forgotten).containsExactly(unknown);
        assertThat(tracked.refusals().all()).containsExactly(shown);
    }

    @Test
    void onePartMarksAThousandLaunchesAtMost() {
        for (int task = 0; task < 2 * FullPass.BATCH; task++) {
            start(task);
        }

        int marked = 0;
        do {
            boolean unused = pass.part(T0).isPresent();
            assertThat(queue.size() - marked).isLessThanOrEqualTo(FullPass.BATCH);
            marked = queue.size();
            assertThat(pass.isDue(T0)).isEqualTo(pass.isUnderWay());
        } while (pass.isUnderWay());

        assertThat(marked).isEqualTo(2 * FullPass.BATCH);
    }

    @Test
    void passThatIsRestartedBeginsAgain() {
        Launch launch = start(1).launch;
        assertThat(pass.part(T0)).isEmpty();
        pass.restart();

        run(T0.plus(PERIOD));

        assertThat(due(T0.plus(PERIOD.multipliedBy(2)))).containsExactly(launch);
        assertThat(pass.next()).contains(T0.plus(PERIOD.multipliedBy(2)));
    }

    /** A whole pass. */
    private FullPass.Findings run(Instant now) {
        Optional<FullPass.Findings> findings = pass.part(now);
        while (findings.isEmpty()) {
            findings = pass.part(now);
        }
        return findings.get();
    }

    private static Refusal refusal(Launch launch) {
        return new Refusal(
                new LeaseKey(launch, CredentialName.DEFAULT), ContainerId.of("c1"), RefusalCode.NO_POLICY, "no policy");
    }

    @Test
    void endedLaunchIsUnneededAtTheSecondPass() {
        SimulatedCluster.Run run = start(1);
        end(run);

        assertThat(run(T0).unneeded()).isEmpty();
        assertThat(run(T0.plus(PERIOD)).unneeded()).containsExactly(run.launch);
    }

    @Test
    void endedLaunchWithALeaseIsKept() {
        SimulatedCluster.Run run = start(1);
        Lease lease = TestLaunches.lease(run.launch, new LeaseState.Pending("new"));
        tracked.leases().put(ManagedLease.fromRow(lease));
        end(run);

        assertThat(run(T0).unneeded()).isEmpty();
        assertThat(run(T0).unneeded()).isEmpty();

        tracked.leases().remove(lease.id());
        assertThat(run(T0).unneeded()).isEmpty();
        assertThat(run(T0).unneeded()).containsExactly(run.launch);
    }

    @Test
    void runningLaunchIsKept() {
        start(1);

        assertThat(run(T0).unneeded()).isEmpty();
        assertThat(run(T0).unneeded()).isEmpty();
    }

    private SimulatedCluster.Run start(int task) {
        SimulatedCluster.Run run =
                cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, SimulatedCluster.HOSTS.getFirst());
        show(run);
        return run;
    }

    private void end(SimulatedCluster.Run run) {
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        show(run);
    }

    private void show(SimulatedCluster.Run run) {
        tracked.launches().update(cluster.state(), Set.of(run.launch), T0);
    }

    private Set<Launch> due(Instant now) {
        Set<Launch> due = new HashSet<>();
        for (Optional<Launch> next = queue.next(now); next.isPresent(); next = queue.next(now)) {
            due.add(next.get());
            queue.done(next.get());
        }
        return due;
    }
}
