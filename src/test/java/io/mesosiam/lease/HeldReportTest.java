package io.mesosiam.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HeldReportTest {
    private static final ContainerId UNKNOWN = ContainerId.of("unknown");

    private static final Instant END = Instant.parse("2026-01-01T01:00:00Z");
    private static final LeaseId ENDED = new LeaseId(new UUID(9, 9));
    private static final Lease LEASE =
            TestLaunches.lease(TestLaunches.launch("t1"), new LeaseState.Active(END, END.minusSeconds(1500), 0));

    @Test
    void sessionOfALeaseThatIsNotLiveIsClaimedOnceByALeaseWithSameIdentityAndExpiration() {
        HeldLease held = new HeldLease(ENDED, LEASE.identityHash(), END);
        HeldReport report = report(held);

        assertThat(report.of(LEASE)).isEmpty();
        assertThat(report.claim(LEASE)).contains(held);
        assertThat(report.claim(LEASE)).isEmpty();
    }

    @Test
    void sessionThatTheLeaseIsServedIsClaimedBeforeALongerOne() {
        HeldLease served = new HeldLease(ENDED, LEASE.identityHash(), END);
        HeldLease longer = new HeldLease(new LeaseId(new UUID(9, 10)), LEASE.identityHash(), END.plusSeconds(1));
        HeldReport report = report(longer, served);

        assertThat(report.claim(LEASE)).contains(served);
        assertThat(report.claim(LEASE.identityHash(), Optional.empty(), LEASE.name()))
                .contains(longer);
        assertThat(report.hasUnclaimed()).isFalse();
    }

    @Test
    void sessionsOfLiveLeasesAndOfOtherIdentitiesAreNotClaimed() {
        HeldReport report = report(
                new HeldLease(LEASE.id(), LEASE.identityHash(), END), new HeldLease(ENDED, "cd".repeat(32), END));

        assertThat(report.of(LEASE)).isPresent();
        assertThat(report.claim(LEASE)).isEmpty();
        assertThat(report.hasUnclaimed()).isTrue();
    }

    /** A task can have one session under two names: each stays where it is served. */
    @Test
    void sessionOfAnotherNameOrContainerIsNotReturned() {
        HeldLease held = new HeldLease(
                ENDED, LEASE.identityHash(), END, Optional.of(ContainerId.of("c1")), Optional.of(LEASE.name()));
        HeldReport report = report(held);

        assertThat(report.claim(LEASE.identityHash(), held.container(), new CredentialName("other")))
                .isEmpty();
        assertThat(report.claim(LEASE.identityHash(), Optional.of(ContainerId.of("c2")), LEASE.name()))
                .isEmpty();
        assertThat(report.claim(LEASE.identityHash(), Optional.empty(), LEASE.name()))
                .isEmpty();
        assertThat(report.claim(LEASE.bind(ContainerId.of("c2")))).isEmpty();
        assertThat(report.claim(LEASE.identityHash(), held.container(), LEASE.name()))
                .contains(held);
    }

    @Test
    void leaseWithoutAContainerGetsNoSessionOfAContainerWhoseTaskIsNotKnown() {
        HeldLease held =
                new HeldLease(ENDED, LEASE.identityHash(), END, Optional.of(UNKNOWN), Optional.of(LEASE.name()));

        assertThat(report(held).claim(LEASE)).isEmpty();
        assertThat(report(held).claim(LEASE.bind(UNKNOWN))).contains(held);
    }

    private static HeldReport report(HeldLease... held) {
        return new HeldReport(List.of(held), LEASE.id()::equals, (_, container) -> container.equals(UNKNOWN));
    }
}
