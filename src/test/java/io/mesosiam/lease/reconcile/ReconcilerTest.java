package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.store.UnreadableWithdrawals;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReconcilerTest {
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final ContainerId CONTAINER = ContainerId.of("c1");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final JournalInMemory tables = new JournalInMemory();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private final Map<CredentialName, Decision> policy = new HashMap<>();
    private final Set<Launch> broken = new HashSet<>();
    private Runnable fault = () -> {
        throw new IllegalStateException("broken on purpose");
    };
    private boolean holdsBack;
    private Duration ahead = Duration.ZERO;
    /** The controller's own clock, which a test can set wrong; {@link #clock} has the true time. */
    private final PeerClocks clocks =
            new PeerClocks(() -> clock.instant().plus(ahead), () -> Duration.between(Instant.EPOCH, clock.instant())
                    .toNanos());

    private Reconciler reconciler = newReconciler();

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
    void oneLeaseOfAnIdentityProbesForAll() {
        allow(Sharing.ROLE);
        connect();
        sts.mood = StsInMemory.Mood.REFUSING;
        start(1);
        settle();
        start(2);
        start(3);
        settle();
        assertThat(sts.callsInAll()).isEqualTo(1);

        clock.advance(Duration.ofSeconds(20));
        drain();
        assertThat(sts.waiting()).isEqualTo(1);

        sts.mood = StsInMemory.Mood.GIVING;
        settle();
        assertThat(served()).hasSize(3);
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void refusedSessionIsRequestedAtOnceAfterAPolicyChange() {
        assertRefusedSessionIsRequestedAfter(reconciler::policyChanged);
    }

    @Test
    void refusedSessionIsRequestedAtOnceAfterTheClockIsCorrected() {
        assertRefusedSessionIsRequestedAfter(reconciler::clockCorrected);
    }

    private void assertRefusedSessionIsRequestedAfter(Runnable change) {
        allow(Sharing.TASK);
        connect();
        sts.mood = StsInMemory.Mood.REFUSING;
        start(1);
        settle();
        assertThat(state()).isInstanceOf(LeaseState.Failed.class);
        sts.mood = StsInMemory.Mood.GIVING;

        change.run();
        settle();

        assertThat(served()).hasSize(1);
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
        reconciler.policyChanged();
        settle();
        assertThat(served()).hasSize(1);
        assertThat(reconciler.loop().failures()).isEqualTo(1);
        assertThat(reconciler.loop().trouble()).contains("launches that fail and are tried again: 1");

        broken.clear();
        policy.clear();
        reconciler.policyChanged();
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

    @Test
    void controllerWhoseClockIsTwoHoursAheadAdoptsHeldLeases() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();

        ahead = Duration.ofHours(2);
        peersStateTheirTime();
        restart();
        pass(Duration.ofMinutes(20));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(1);
        assertThat(state()).isInstanceOf(LeaseState.Active.class);

        pass(Duration.ofMinutes(25));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void clockStepOfTwoHoursAheadRenewsAndExpiresNothing() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        peersStateTheirTime();

        ahead = Duration.ofHours(2);
        reconciler.policyChanged();
        pass(Duration.ofMinutes(20));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(1);
        assertThat(reconciler.overview().counts().sessions()).isEqualTo(1);
    }

    @Test
    void clockTwoHoursBehindRenewsInTime() {
        ahead = Duration.ofHours(-2);
        peersStateTheirTime();
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();

        pass(Duration.ofMinutes(50));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void clockCorrectedLaterMissesNoRenewal() {
        ahead = Duration.ofHours(2);
        allow(Sharing.TASK);
        connect();
        peersStateTheirTime();
        reconciler.clockCorrected();
        start(1);
        settle();

        pass(Duration.ofMinutes(50));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(2);
    }

    @Test
    void clockTwoHoursAheadEndsNoTimeToLive() {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.empty(), Optional.of(Duration.ofHours(1)), Sharing.TASK, Prefetch.ALWAYS)));
        connect();
        start(1);
        settle();
        peersStateTheirTime();

        ahead = Duration.ofHours(2);
        reconciler.policyChanged();
        pass(Duration.ofMinutes(20));

        assertThat(served()).hasSize(1);
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

    private void peersStateTheirTime() {
        clocks.observe(Peer.POSTGRES, clock.instant());
        clocks.observe(Peer.MASTER, clock.instant());
    }

    private void restart() {
        reconciler = newReconciler();
        show();
        connect();
        settle();
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
    void withdrawalByAnOperatorIsAuditedWithItsReasonAndUser() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        LeaseId served = tables.live().getFirst().id();

        reconciler.withdrawalsChanged(
                Set.of(Withdrawal.of(tables.live().getFirst().key(), "leaked").by("alice")));
        settle();

        assertThat(tables.live()).isEmpty();
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.lease()).contains(served);
                    assertThat(event.message()).isEqualTo("leaked (by alice)");
                });
        assertThat(tables.trail).extracting(AuditEvent::kind).contains(AuditEvent.Kind.REAPED);
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
        reconciler.connected(HOST, epoch, agent.held(), Map.copyOf(agent.running), _ -> {});
        settle();
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
    void conflictKeepsAnExistingLeaseRefusesNewTasksAndIsAudited() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        policy.put(CredentialName.DEFAULT, conflict("a", "b"));
        reconciler.policyChanged();
        bind(start(2), ContainerId.of("c2"));
        settle();
        clock.advance(Waits.AUDIT_AFTER);
        settle();

        assertThat(served()).singleElement().satisfies(lease -> assertThat(lease.container())
                .contains(CONTAINER));
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.CONFLICT, 1L));
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.CONFLICT, 1L));
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WAITING)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).startsWith("conflict: the lease is kept although"));

        clock.advance(Duration.ofMinutes(41));
        settle();
        assertThat(tables.trail).extracting(AuditEvent::kind).contains(AuditEvent.Kind.RENEWED);
        assertThat(served()).hasSize(1);
    }

    @Test
    void conflictEndsALeaseWhosePolicyNoLongerGivesTheSame() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        policy.put(CredentialName.DEFAULT, conflict("b", "c"));
        reconciler.policyChanged();
        settle();

        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.CONFLICT, 1L));
    }

    @Test
    void leaseAdoptedAfterARestartIsKeptThroughAConflict() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();
        int calls = sts.callsInAll();

        policy.put(CredentialName.DEFAULT, conflict("a", "b"));
        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(agent.served).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(calls);
    }

    @Test
    void sessionThatStsWouldRefuseIsRefusedToTheContainerAndAuditedWithItsReason() {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.of("!"), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS)));
        connect();
        bind(start(1), CONTAINER);
        settle();

        assertThat(agent.refused.values()).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(RefusalCode.SESSION_IMPOSSIBLE);
            assertThat(refusal.message()).doesNotContain("session_name", "!");
        });
        assertThat(reconciler.overview().waitingByReason())
                .containsExactly(Map.entry(WaitReason.SESSION_IMPOSSIBLE, 1L));
        assertThat(tables.trail).singleElement().satisfies(event -> assertThat(event.message())
                .startsWith("SessionImpossible: policy ")
                .endsWith("session_name: '!' is not allowed"));
    }

    @Test
    void refusalByAwsReachesTheContainerWithoutAwsTextAndEndsWithTheFirstSession() {
        allow(Sharing.TASK);
        connect();
        sts.mood = StsInMemory.Mood.REFUSING;
        bind(start(1), CONTAINER);
        settle();

        assertThat(agent.refused.values()).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(RefusalCode.REFUSED_BY_AWS);
            assertThat(refusal.message()).doesNotContain("AccessDenied");
        });
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.REFUSED_BY_AWS, 1L));
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.REFUSED_BY_AWS, 1L));
        assertThat(outlook().waiting().get(CredentialName.DEFAULT)).satisfies(waiting -> {
            assertThat(waiting.why()).isEqualTo(WaitReason.REFUSED_BY_AWS);
            assertThat(waiting.reason()).isEqualTo("AccessDenied");
        });
        assertThat(tables.trail)
                .extracting(event -> event.kind().text() + " " + event.message())
                .containsExactly("lease.failed AccessDenied", "lease.refused RefusedByAws: AccessDenied");

        // A failed attempt without an answer doesn't change the refusal.
        sts.mood = StsInMemory.Mood.AWAY;
        pass(Duration.ofMinutes(1));
        assertThat(agent.refused).hasSize(1);

        sts.mood = StsInMemory.Mood.GIVING;
        pass(RenewalRule.LAST_RETRY);
        assertThat(served()).hasSize(1);
        assertThat(agent.refused).isEmpty();
        assertThat(reconciler.overview().refusedByCode()).isEmpty();
    }

    @Test
    void refusedRenewalIsSentToTheContainerAfterTheSessionHasEnded() {
        allow(Sharing.TASK);
        connect();
        bind(start(1), CONTAINER);
        settle();

        sts.mood = StsInMemory.Mood.REFUSING;
        pass(Duration.ofMinutes(55));
        assertThat(sts.callsInAll()).isGreaterThan(1);
        assertThat(served()).hasSize(1);
        assertThat(agent.refused).isEmpty();

        pass(Duration.ofMinutes(6));
        assertThat(served()).isEmpty();
        assertThat(agent.refused.values())
                .extracting(Delivery.Refuse::code)
                .containsExactly(RefusalCode.REFUSED_BY_AWS);
    }

    @Test
    void temporaryFailureOfStsIsNotRefusedToTheContainer() {
        allow(Sharing.TASK);
        connect();
        sts.mood = StsInMemory.Mood.AWAY;
        bind(start(1), CONTAINER);
        pass(Duration.ofMinutes(5));

        assertThat(agent.refused).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.NO_SESSION, 1L));
    }

    @Test
    void refusalByAwsIsSentAgainAfterARestart() {
        allow(Sharing.TASK);
        connect();
        sts.mood = StsInMemory.Mood.REFUSING;
        bind(start(1), CONTAINER);
        settle();

        reconciler = newReconciler();
        show();
        connect();
        settle();

        assertThat(agent.refused.values())
                .extracting(Delivery.Refuse::code)
                .containsExactly(RefusalCode.REFUSED_BY_AWS);
    }

    private Outlook outlook() {
        return reconciler
                .overview()
                .outlook(reconciler.overview().leases().getFirst().launch());
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
        reconciler.policyChanged();
        settle();
        assertThat(reconciler.overview().waitingByReason()).isEmpty();
    }

    /** The first value withdraws the task that has the lease; the second withdraws the task that would get it next. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void containerOfAWithdrawnTaskIsServedNoSession(int withdrawn) {
        allow(Sharing.ROLE);
        connect();
        List<SimulatedCluster.Run> runs = List.of(start(2), start(1));
        for (SimulatedCluster.Run run : runs) {
            bind(run, CONTAINER);
            settle();
        }
        assertThat(served()).singleElement().extracting(Lease::launch).isEqualTo(runs.getFirst().launch);

        reconciler.withdrawalsChanged(
                List.of(Withdrawal.of(new LeaseKey(runs.get(withdrawn).launch, CredentialName.DEFAULT), "leaked")));
        settle();
        assertThat(served()).isEmpty();
        assertThat(agent.refused).hasSize(1);
        pass(Duration.ofMinutes(50));
        assertThat(served()).isEmpty();

        reconciler.withdrawalsChanged(List.of());
        settle();
        assertThat(served()).hasSize(1);
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void tasksHeldBackByAnUnreadableWithdrawalAreIssuedCredentialsOnceItIsLifted() {
        allow(Sharing.TASK);
        holdsBack = true;
        connect();
        bind(start(1), CONTAINER);
        bind(start(2), ContainerId.of("c2"));
        settle();
        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().waitingByReason()).containsExactly(Map.entry(WaitReason.UNDECIDED, 2L));

        holdsBack = false;
        reconciler.withdrawalsChanged(List.of());
        reconciler.holdsBackChanged();
        settle();

        assertThat(served()).hasSize(2);
        assertThat(reconciler.overview().waitingByReason()).isEmpty();
    }

    /** The first task has the lease; an operator withdraws the credentials of one of the tasks. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void withdrawalInASharedContainerIsReportedAndAuditedForEveryTask(int withdrawn) {
        allow(Sharing.ROLE);
        connect();
        List<SimulatedCluster.Run> runs = List.of(start(2), start(1));
        for (SimulatedCluster.Run run : runs) {
            bind(run, CONTAINER);
            settle();
        }
        tables.trail.clear();

        reconciler.withdrawalsChanged(
                List.of(Withdrawal.of(new LeaseKey(runs.get(withdrawn).launch, CredentialName.DEFAULT), "leaked")
                        .by("alice")));
        settle();

        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .singleElement()
                .satisfies(event -> assertThat(event.message()).startsWith("leaked (by alice)"));
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.REAPED)
                .hasSize(1);
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.WITHDRAWN, 2L));
        assertThat(reconciler
                        .overview()
                        .outlook(runs.get(1 - withdrawn).launch)
                        .waiting()
                        .get(CredentialName.DEFAULT))
                .satisfies(waiting -> {
                    assertThat(waiting.why()).isEqualTo(WaitReason.OTHER_TASK_WITHDRAWN);
                    assertThat(waiting.reason())
                            .isEqualTo("leaked (by alice), withdrawn from " + runs.get(withdrawn).launch
                                    + " in the same container");
                });
        Map<AgentInMemory.Key, Delivery.Refuse> refused = Map.copyOf(agent.refused);
        connect();
        assertThat(agent.refused).hasSize(1).isEqualTo(refused);
    }

    @Test
    void endOfATimeToLiveIsReportedAsAWithdrawalForTheOtherTasksOfTheContainer() {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(TestLaunches.entitlement(
                        "a", Optional.empty(), Optional.of(Duration.ofHours(1)), Sharing.ROLE, Prefetch.ALWAYS)));
        connect();
        bind(start(1), CONTAINER);
        settle();
        pass(Duration.ofMinutes(55));
        SimulatedCluster.Run young = start(2);
        bind(young, CONTAINER);
        settle();
        assertThat(served()).hasSize(1);

        pass(Duration.ofMinutes(6));

        assertThat(served()).isEmpty();
        assertThat(reconciler.overview().refusedByCode()).containsExactly(Map.entry(RefusalCode.WITHDRAWN, 2L));
        assertThat(reconciler
                        .overview()
                        .outlook(young.launch)
                        .waiting()
                        .get(CredentialName.DEFAULT)
                        .why())
                .isEqualTo(WaitReason.OTHER_TASK_WITHDRAWN);
        assertThat(tables.trail)
                .filteredOn(event -> event.kind() == AuditEvent.Kind.WITHDRAWN)
                .hasSize(1);
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

    private static Entitlement entitlement(String role) {
        return TestLaunches.entitlement(role, Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS);
    }

    private static Decision conflict(String... roles) {
        Map<PolicyId, Entitlement> standing = new HashMap<>();
        for (String role : roles) {
            standing.put(
                    role.equals("a") ? TestLaunches.POLICY : new PolicyId(new UUID(8, role.hashCode())),
                    TestLaunches.entitlement(role, Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS));
        }
        return new Decision.Conflict(
                List.copyOf(standing.keySet()), standing, "policies of the same priority differ", List.of());
    }

    private void allow(Sharing sharing) {
        policy.put(
                CredentialName.DEFAULT,
                TestLaunches.allowed(
                        TestLaunches.entitlement("a", Optional.empty(), Optional.empty(), sharing, Prefetch.ALWAYS)));
    }

    private Reconciler newReconciler() {
        Reconciler made = new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        new UnreadableWithdrawals(
                                subject -> {
                                    if (broken.stream().anyMatch(launch -> launch.key()
                                            .equals(subject.task().key()))) {
                                        fault.run();
                                    }
                                    return Map.copyOf(policy);
                                },
                                () -> holdsBack),
                        sts,
                        (_, delivery) -> {
                            agent.receive(delivery);
                            return true;
                        },
                        tables,
                        sts,
                        clocks::instant,
                        new Random(1)),
                tables.journal());
        made.restore(tables.live());
        return made;
    }

    @Test
    void onlyTheControllerOfTheConnectedHostCountsALease() {
        allow(Sharing.TASK);
        connect();
        start(1);
        settle();
        assertThat(reconciler.overview().leasesByState()).isEqualTo(Map.of("active", 1L));

        // Another controller reads all rows at its start, and has no host.
        Reconciler other = newReconciler();
        other.restore(reconciler.overview().leases());
        other.changed(cluster.state(), cluster.runs.keySet());
        assertThat(other.overview().leases()).hasSize(1);
        assertThat(other.overview().leasesByState()).isEmpty();
    }

    private List<Delivery> connect() {
        List<Delivery> state = new ArrayList<>();
        reconciler.connected(HOST, tables.claim(HOST), agent.held(), Map.copyOf(agent.running), sent -> {
            agent.sync(sent);
            state.addAll(sent);
        });
        return state;
    }

    private SimulatedCluster.Run start(int task) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        show();
        return run;
    }

    private void bind(SimulatedCluster.Run run, ContainerId container) {
        run.container = Optional.of(container);
        run.state = TaskState.RUNNING;
        reconciler.containers(HOST, Map.of(container, 1L), Set.of());
        agent.running.put(container, 1L);
        show();
    }

    private void end(SimulatedCluster.Run run) {
        run.reportedEnd = Optional.of(new TaskEnd.Terminal(TaskState.FINISHED));
        show();
    }

    private void show() {
        reconciler.changed(cluster.state(), cluster.runs.keySet());
    }

    private void pass(Duration time) {
        for (Instant end = clock.instant().plus(time); clock.instant().isBefore(end); settle()) {
            clock.advance(Duration.ofSeconds(30));
            agent.dropExpired(clock.instant());
        }
    }

    private void settle() {
        Steps.settle(reconciler, sts);
    }

    private void drain() {
        Steps.drain(reconciler);
    }

    private List<Lease> served() {
        return agent.served.values().stream().map(AgentInMemory.Served::lease).toList();
    }

    private LeaseState state() {
        return reconciler.overview().leases().getFirst().state();
    }
}
