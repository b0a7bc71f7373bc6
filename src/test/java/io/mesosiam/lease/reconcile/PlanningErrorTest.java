package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An error in the planning of one launch, or at the start of a call's thread. */
class PlanningErrorTest extends ReconcilerFixture {
    private final Set<Launch> broken = new HashSet<>();

    private Runnable fault = () -> {
        throw new IllegalStateException("broken on purpose");
    };

    @Override
    Map<CredentialName, Decision> decide(Subject subject) {
        if (broken.stream()
                .anyMatch(launch -> launch.key().equals(subject.task().key()))) {
            fault.run();
        }
        return super.decide(subject);
    }

    @Test
    void undecidableLaunchDoesNotAffectOthers() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run bad = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        broken.add(bad.launch);
        show();
        SimulatedCluster.Run good = start(2);
        settle();

        assertThat(served()).extracting(Lease::launch).containsExactly(good.launch);

        broken.clear();
        pass(Duration.ofMinutes(10));
        assertThat(served()).extracting(Lease::launch).containsExactlyInAnyOrder(bad.launch, good.launch);
    }

    @Test
    void launchFollowsItsPolicyAfterAnErrorInPlanning() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        bind(run, CONTAINER);
        settle();
        broken.add(run.launch);
        fault = () -> {
            throw new StackOverflowError("broken on purpose");
        };
        reconciler.policies().changed(1);
        settle();
        assertThat(served()).hasSize(1);
        assertThat(reconciler.loop().failures()).isEqualTo(1);
        assertThat(reconciler.loop().trouble()).contains("launches that fail and are tried again: 1");

        broken.clear();
        policy.clear();
        reconciler.policies().changed(1);
        settle();

        assertThat(served()).isEmpty();
        assertThat(reconciler.loop().trouble()).isEmpty();
    }

    @Test
    void launchIsPlannedAgainWithoutAnEventAfterAnError() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run bad = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        broken.add(bad.launch);
        fault = () -> {
            throw new OutOfMemoryError("broken on purpose");
        };
        show();
        settle();

        broken.clear();
        pass(Duration.ofMinutes(1));

        assertThat(served()).hasSize(1);
    }

    @Test
    void sessionIsRequestedAgainIfTheThreadOfItsCallCouldNotBeStarted() {
        allow(Sharing.TASK);
        connect();
        sts.startsThreads = false;
        start(1);
        start(2);
        settle();
        assertThat(reconciler.overview().counts().callsInFlight()).isZero();
        assertThat(state()).isInstanceOf(LeaseState.Failed.class);

        sts.startsThreads = true;
        pass(Duration.ofMinutes(1));

        assertThat(served()).hasSize(2);
    }
}
