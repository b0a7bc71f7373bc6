package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A controller whose clock is wrong, and is corrected by what its peers state. */
class ControllerClockTest extends ReconcilerFixture {
    private Duration ahead = Duration.ZERO;

    /** The controller's own clock, which a test can set wrong; {@link #clock} has the true time. */
    private final PeerClocks clocks =
            new PeerClocks(() -> clock.instant().plus(ahead), () -> Duration.between(Instant.EPOCH, clock.instant())
                    .toNanos());

    @Override
    InstantSource time() {
        return clocks::instant;
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
        reconciler.policies().changed(1);
        pass(Duration.ofMinutes(20));

        assertThat(served()).hasSize(1);
        assertThat(sts.callsInAll()).isEqualTo(1);
        assertThat(reconciler.overview().counts().sessions()).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0} h ahead, corrected {1} the agent connects")
    @CsvSource({"-2, before", "2, before", "-2, after", "2, after"})
    void wrongClockMissesNoRenewalOfALaterLaunch(int hoursAhead, String corrected) {
        ahead = Duration.ofHours(hoursAhead);
        if (corrected.equals("before")) {
            peersStateTheirTime();
        }
        allow(Sharing.TASK);
        connect();
        if (corrected.equals("after")) {
            peersStateTheirTime();
            reconciler.clockCorrected();
        }
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
        reconciler.policies().changed(1);
        pass(Duration.ofMinutes(20));

        assertThat(served()).hasSize(1);
    }

    private void peersStateTheirTime() {
        clocks.observe(Peer.POSTGRES, clock.instant());
        clocks.observe(Peer.MASTER, clock.instant());
    }
}
