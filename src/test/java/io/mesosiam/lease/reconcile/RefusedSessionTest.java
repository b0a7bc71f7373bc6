package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Delivery;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Outlook;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Sessions that STS refuses, or would refuse, and what the container is refused. */
class RefusedSessionTest extends ReconcilerFixture {
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
        assertRefusedSessionIsRequestedAfter(() -> reconciler.policies().changed(1));
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

    private Outlook outlook() {
        return reconciler
                .overview()
                .outlook(reconciler.overview().leases().getFirst().launch());
    }
}
