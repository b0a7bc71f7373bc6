package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A version of the policies is in effect on a host when all tasks are decided and its agent has confirmed the result. */
class PolicyRolloutTest extends ReconcilerFixture {
    private static final MesosAgentId OTHER = SimulatedCluster.HOSTS.get(1);

    private final Set<Launch> broken = new HashSet<>();

    /** Number of leases that the agent served when the last version was stated to it. */
    private OptionalLong servedWhenStated = OptionalLong.empty();

    @BeforeEach
    void allow() {
        allow(Sharing.TASK);
    }

    @Override
    Map<CredentialName, Decision> decide(Subject subject) {
        if (broken.stream()
                .anyMatch(launch -> launch.key().equals(subject.task().key()))) {
            throw new IllegalStateException("broken on purpose");
        }
        return super.decide(subject);
    }

    @Override
    boolean deliver(Reconciler from, Delivery delivery) {
        if (delivery instanceof Delivery.Policies) {
            servedWhenStated = OptionalLong.of(agent.served.size());
        }
        return super.deliver(from, delivery);
    }

    @Test
    void nothingIsDecidedBeforeTheTasksAreKnown() {
        rollout().changed(4);
        connect();
        settle();
        assertThat(rollout().current().read()).isEqualTo(4);
        assertThat(rollout().current().decided()).isZero();
        assertThat(agent.policies).isZero();

        show();
        settle();
        assertThat(rollout().current().decided()).isEqualTo(4);
        assertThat(agent.policies).isEqualTo(4);
    }

    @Test
    void versionIsStatedToTheHostAfterWhatItTakesAway() {
        rollout().changed(4);
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        policy.clear();
        rollout().changed(5);
        assertThat(rollout().current().undecided()).isEqualTo(1);
        assertThat(rollout().current().decided()).isEqualTo(4);
        assertThat(agent.policies).isEqualTo(4);
        drain();

        assertThat(agent.policies).isEqualTo(5);
        assertThat(servedWhenStated).hasValue(0);
        assertThat(rollout().current().undecided()).isZero();
    }

    @Test
    void hostCountsOnceItsAgentHasConfirmedTheVersion() {
        rollout().changed(4);
        connect();
        start(1);
        settle();
        assertThat(rollout().current().hosts()).containsEntry(HOST, 0L);
        assertThat(rollout().current().inEffect(4)).isZero();

        rollout().applied(HOST, 4);
        assertThat(rollout().current().inEffect(4)).isEqualTo(1);
        assertThat(rollout().current().inEffect(5)).isZero();
    }

    @Test
    void versionThatAHostCannotHaveBeenSentIsIgnored() {
        rollout().changed(4);
        connect();
        start(1);
        settle();

        rollout().applied(HOST, 5);
        rollout().applied(OTHER, 4);
        assertThat(rollout().current().hosts()).isEqualTo(Map.of(HOST, 0L));

        rollout().applied(HOST, 4);
        rollout().applied(HOST, 3);
        assertThat(rollout().current().hosts()).isEqualTo(Map.of(HOST, 4L));
    }

    /** A failover of the database lost versions 5 and 6, and the next change has number 5 again. */
    @Test
    void versionThatDoesNotGrowIsDecidedAndConfirmedAgain() {
        rollout().changed(6);
        connect();
        bind(start(1), CONTAINER);
        settle();
        rollout().applied(HOST, 6);

        rollout().changed(5);
        assertThat(rollout().current().decided()).isEqualTo(4);
        assertThat(rollout().current().hosts()).isEqualTo(Map.of(HOST, 0L));
        settle();

        assertThat(rollout().current().read()).isEqualTo(5);
        assertThat(rollout().current().decided()).isEqualTo(5);
        assertThat(agent.policies).isEqualTo(5);
        rollout().applied(HOST, 6);
        assertThat(rollout().current().inEffect(5)).isZero();
        rollout().applied(HOST, 5);
        assertThat(rollout().current().inEffect(5)).isEqualTo(1);
    }

    @Test
    void launchThatFailsHoldsBackEveryLaterVersionUntilItSucceeds() {
        rollout().changed(4);
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        broken.add(run.launch);

        rollout().changed(5);
        settle();
        rollout().changed(6);
        settle();
        assertThat(rollout().current().read()).isEqualTo(6);
        assertThat(rollout().current().decided()).isEqualTo(4);
        assertThat(agent.policies).isEqualTo(4);

        broken.clear();
        pass(Duration.ofMinutes(10));
        assertThat(rollout().current().decided()).isEqualTo(6);
        assertThat(agent.policies).isEqualTo(6);
    }

    @Test
    void hostWhoseLaunchFailsAsItConnectsIsStatedNothingUntilTheLaunchSucceeds() {
        rollout().changed(4);
        SimulatedCluster.Run run = start(1);
        settle();
        assertThat(rollout().current().decided()).isEqualTo(4);

        broken.add(run.launch);
        connect();
        settle();
        assertThat(agent.policies).isZero();

        broken.clear();
        pass(Duration.ofMinutes(10));
        assertThat(agent.policies).isEqualTo(4);
    }

    @Test
    void hostConfirmsAgainAfterItHasConnectedAgain() {
        rollout().changed(4);
        show();
        connect();
        settle();
        rollout().applied(HOST, 4);

        agent.policies = 0;
        connect();
        assertThat(rollout().current().hosts()).isEqualTo(Map.of(HOST, 0L));
        settle();
        assertThat(agent.policies).isEqualTo(4);
    }

    @Test
    void disconnectedHostIsNotCounted() {
        rollout().changed(4);
        show();
        connect();
        settle();
        rollout().applied(HOST, 4);

        reconciler.disconnected(HOST, tables.epochs.get(HOST));

        assertThat(rollout().current().hosts()).isEmpty();
        assertThat(rollout().current().inEffect(4)).isZero();
    }

    @Test
    void versionThatTouchesNoTaskIsStatedWithoutAnotherEvent() {
        show();
        connect();
        rollout().changed(4);
        settle();

        rollout().changed(5);
        assertThat(reconciler.step()).isTrue();

        assertThat(agent.policies).isEqualTo(5);
    }

    private PolicyRollout rollout() {
        return reconciler.policies();
    }
}
