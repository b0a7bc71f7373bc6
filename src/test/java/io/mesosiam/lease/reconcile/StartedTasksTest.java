package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long tasks wait for their first credentials, from the sight of their start to the agent's confirmation. */
class StartedTasksTest extends ReconcilerFixture {
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);

    @BeforeEach
    void showTheClusterFirst() {
        show();
        allow(Sharing.TASK);
    }

    @Test
    void waitEndsWithTheAgentsFirstConfirmation() {
        connect();
        start(1);
        clock.advance(TWO_SECONDS);
        settle();
        assertThat(served()).hasSize(1);
        assertThat(firstCredentials).isEmpty();

        clock.advance(TWO_SECONDS);
        confirm();
        confirm();

        assertThat(firstCredentials).containsExactly(Duration.ofSeconds(4));
    }

    @Test
    void timeInWhichStsIsAwayIsPartOfTheWait() {
        connect();
        sts.mood = StsInMemory.Mood.AWAY;
        start(1);
        settle();
        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(2));
        confirm();

        assertThat(firstCredentials).singleElement().satisfies(waited -> assertThat(waited)
                .isBetween(Duration.ofSeconds(15), Duration.ofMinutes(2)));
    }

    @Test
    void renewalIsNoFirstCredential() {
        connect();
        start(1);
        settle();
        confirm();
        pass(Duration.ofMinutes(45));
        confirm();

        assertThat(firstCredentials).hasSize(1);
    }

    @Test
    void confirmationOfALeaseThatHasEndedIsNotCounted() {
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        List<Lease> sent = served();
        assertThat(sent).hasSize(1);
        end(run);
        settle();

        sent.forEach(lease -> reconciler.applied(HOST, lease.id().toString()));

        assertThat(firstCredentials).isEmpty();
    }

    @Test
    void launchThatIsNoLongerKnownIsForgotten() {
        StartedTasks started = new StartedTasks();
        Launch launch = TestLaunches.launch("t1");
        LeaseId lease = new LeaseId(new UUID(1, 1));
        started.started(launch, Instant.EPOCH);

        started.prune(Set.of());

        started.sent(lease, launch);
        assertThat(started.confirmed(lease.toString())).isEmpty();
    }

    @Test
    void taskThatRanBeforeTheControllerIsNotCounted() {
        reconciler = newReconciler();
        connect();
        start(1);
        settle();

        assertNotCounted();
    }

    @Test
    void taskOfAHostWithoutAnAgentIsNotCounted() {
        start(1);
        settle();
        connect();
        settle();

        assertNotCounted();
    }

    @Test
    void taskWhoseHostsAgentConnectsAfterItsStartIsNotCounted() {
        start(1);
        connect();
        settle();

        assertNotCounted();
    }

    @Test
    void taskWhoseHostHasNoAgentBeforeItsSessionIsSentIsNotCounted() {
        connect();
        start(1);
        reconciler.disconnected(HOST, tables.epochs.get(HOST));
        settle();
        connect();
        settle();

        assertNotCounted();
    }

    @Test
    void taskThatIsRefusedFirstIsNotCounted() {
        policy.put(CredentialName.DEFAULT, denied());
        startInContainer();
        assertThat(agent.refused).hasSize(1);

        allow(Sharing.TASK);
        reconciler.policies().changed(1);
        settle();

        assertNotCounted();
    }

    @Test
    void taskThatNoPolicyConcernsAtItsStartIsNotCounted() {
        policy.clear();
        connect();
        start(1);
        settle();

        allow(Sharing.TASK);
        reconciler.policies().changed(1);
        settle();

        assertNotCounted();
    }

    @Test
    void nameThatIsRefusedDoesNotHideTheWaitForAnotherName() {
        policy.put(new CredentialName("extra"), denied());
        startInContainer();
        confirm();

        assertThat(agent.refused).hasSize(1);
        assertThat(firstCredentials).hasSize(1);
    }

    @Test
    void roleThatIsIssuedOnRequestIsNotCounted() {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ON_ASK)));
        startInContainer();
        assertThat(served()).isEmpty();

        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();

        assertNotCounted();
    }

    private static Decision denied() {
        return new Decision.Denied(TestLaunches.POLICY, "denied", List.of());
    }

    private void startInContainer() {
        connect();
        bind(start(1), CONTAINER);
        settle();
    }

    private void assertNotCounted() {
        confirm();
        assertThat(served()).hasSize(1);
        assertThat(firstCredentials).isEmpty();
    }

    private void confirm() {
        for (Lease lease : served()) {
            reconciler.applied(HOST, lease.id().toString());
        }
    }
}
