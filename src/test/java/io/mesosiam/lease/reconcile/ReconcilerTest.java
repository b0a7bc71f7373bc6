package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A lease from its task's start to its end, and what is reported of it. */
class ReconcilerTest extends ReconcilerFixture {
    @Test
    void leaseIsIssuedBoundAndReapedWithItsTask() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.container())
                .isEmpty());

        bind(run, CONTAINER);
        settle();
        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.container())
                .contains(CONTAINER));

        end(run);
        settle();
        assertThat(served()).isEmpty();
        assertThat(agent.refused.values()).extracting(Delivery.Refuse::code).containsExactly(RefusalCode.ENDED);
        assertThat(tables.trail)
                .extracting(event -> event.kind().text())
                .containsExactly("lease.issued", "lease.bound", "lease.reaped", "lease.refused");
    }

    @Test
    void endReapsWhileStsHasNotAnswered() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        clock.advance(Duration.ofMinutes(40));
        drain();
        assertThat(sts.waiting()).isEqualTo(1);

        end(run);
        drain();

        assertThat(served()).isEmpty();
        settle();
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().counts().sessions()).isZero();
    }

    @Test
    void launchesOfOneIdentityShareASession() {
        allow(Sharing.ROLE);
        connect();
        start(1);
        settle();

        start(2);
        start(3);
        settle();

        assertThat(served()).hasSize(3);
        assertThat(sts.callsInAll()).isEqualTo(1);
    }

    @Test
    void sessionIsServedUntilItsEndWhileStsIsUnavailable() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        sts.mood = StsInMemory.Mood.AWAY;

        pass(Duration.ofMinutes(59));
        assertThat(served()).hasSize(1);
        assertThat(state()).isInstanceOf(LeaseState.Active.class);

        pass(Duration.ofMinutes(1));
        assertThat(served()).isEmpty();
        assertThat(state()).isInstanceOf(LeaseState.Failed.class);

        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(15));
        assertThat(served()).hasSize(1);
    }

    @Test
    void waitForTheFirstSessionIsReportedAndThatForALaterOneIsNot() {
        allow(Sharing.TASK);
        connect();
        sts.mood = StsInMemory.Mood.AWAY;
        start(1);
        settle();
        assertThat(firstSessions).isEmpty();

        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(2));
        assertThat(firstSessions).singleElement().satisfies(waited -> assertThat(waited)
                .isBetween(Duration.ofSeconds(15), Duration.ofMinutes(2)));

        sts.mood = StsInMemory.Mood.AWAY;
        pass(Duration.ofHours(1));
        sts.mood = StsInMemory.Mood.GIVING;
        pass(Duration.ofMinutes(15));
        assertThat(served()).hasSize(1);
        assertThat(firstSessions).hasSize(1);
    }

    @Test
    void endThatOnlyTheAgentObservedIsProven() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        bind(run, CONTAINER);
        settle();

        Map<Launch, TaskEnd> ends =
                reconciler.containers(HOST, Map.of(), Set.of(CONTAINER)).ends();
        settle();

        assertThat(served()).isEmpty();
        assertThat(ends).containsExactly(Map.entry(run.launch, new TaskEnd.ContainerEnded(CONTAINER)));
    }

    @Test
    void newLeaseIsIssuedOnlyWhileAMasterAnswers() {
        allow(Sharing.TASK);
        connect();
        cluster.answers = false;
        start(1);
        settle();
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.OUT_OF_SIGHT, 1L));

        cluster.answers = true;
        reconciler.changed(cluster.state(), Set.of());
        settle();

        assertThat(served()).hasSize(1);
    }

    @Test
    void endedLaunchWithoutALeaseIsUnneeded() {
        connect();
        SimulatedCluster.Run run = start(1);
        end(run);
        pass(TestLeaseConfig.DEFAULTS.fullPass().multipliedBy(2));

        assertThat(reconciler.changed(cluster.state(), Set.of())).containsExactly(run.launch);
        assertThat(reconciler.changed(cluster.state(), Set.of())).isEmpty();
    }

    @Test
    void askWithoutALeaseIsRefusedEachTime() {
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(agent.refused).isEmpty();

        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();
        assertThat(agent.refused).hasSize(1);

        agent.refused.clear();
        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        assertThat(agent.refused).hasSize(1);
    }

    /**
     * The agent would keep answering with the refusal regardless of policy, and the container's requests would not
     * reach a controller.
     */
    @Test
    void refusalOfALaunchThatDisappearedWithoutAHintIsWithdrawnFromTheAgent() {
        connect();
        SimulatedCluster.Run run = start(1);
        bind(run, CONTAINER);
        reconciler.asked(HOST, CONTAINER, CredentialName.DEFAULT);
        settle();
        assertThat(agent.refused).hasSize(1);

        cluster.hidden.add(run.launch);
        reconciler.changed(cluster.state(), Set.of());
        pass(TestLeaseConfig.DEFAULTS.fullPass());

        assertThat(agent.refused).isEmpty();
        assertThat(reconciler.overview().refusals()).isEmpty();
    }

    @Test
    void reasonOfAnUnservedLeaseIsReportedUntilItIsSentAgain() {
        allow(Sharing.TASK);
        connect();
        SimulatedCluster.Run run = start(1);
        settle();
        Lease lease = reconciler.overview().leases().getFirst();

        reconciler.notServed(HOST, lease.id(), lease.revision() - 1, "of an earlier revision");
        reconciler.notServed(HOST, lease.id(), lease.revision(), "the session has ended");
        reconciler.notServed(new MesosAgentId("another"), lease.id(), lease.revision(), "of another host");

        assertThat(reconciler
                        .overview()
                        .outlook(run.launch)
                        .waiting()
                        .get(CredentialName.DEFAULT)
                        .reason())
                .isEqualTo("the session has ended");
        drain();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.NOT_SERVED, 1L));
        clock.advance(Waits.AUDIT_AFTER);
        drain();
        assertThat(tables.trail.getLast().message()).isEqualTo("not-served: the session has ended");

        clock.advance(Duration.ofMinutes(41));
        settle();

        assertThat(reconciler
                        .overview()
                        .outlook(run.launch)
                        .waiting()
                        .get(CredentialName.DEFAULT)
                        .reason())
                .isEqualTo("the lease is served and is renewed at that time");
        assertThat(reconciler.overview().waitingByReason()).isEmpty();
    }

    @Test
    void onlyALongWaitIsAuditedAndOnce() {
        policy.put(CredentialName.DEFAULT, new Decision.Pending("the framework is not visible yet"));
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.UNDECIDED, 1L));
        assertThat(tables.trail).isEmpty();

        clock.advance(Waits.AUDIT_AFTER);
        settle();
        clock.advance(Duration.ofMinutes(30));
        settle();
        assertThat(tables.trail).singleElement().satisfies(event -> assertThat(event.message())
                .isEqualTo("undecided: the framework is not visible yet"));

        allow(Sharing.TASK);
        reconciler.policies().changed(1);
        settle();
        assertThat(reconciler.overview().waitingByReason()).isEmpty();
    }

    @Test
    void onlyTheControllerOfTheConnectedHostCountsALease() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        assertThat(reconciler.overview().statesHere())
                .extracting(LeaseState::text)
                .containsExactly("active");

        // Another controller reads all rows at its start, and has no host.
        Reconciler other = newReconciler();
        other.restore(reconciler.overview().leases());
        other.changed(cluster.state(), cluster.runs.keySet());
        assertThat(other.overview().leases()).hasSize(1);
        assertThat(other.overview().statesHere()).isEmpty();
    }
}
