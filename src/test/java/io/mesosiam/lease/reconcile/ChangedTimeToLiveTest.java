package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policy's time to live changes, and then the task can't be decided for some time. */
class ChangedTimeToLiveTest extends ReconcilerFixture {
    @ParameterizedTest(name = "from {0} min to {1} min: served after 65 min {2}")
    @CsvSource({"60, 120, true", "120, 60, false"})
    void lastTimeToLiveThatPolicyGaveAppliesWhileUndecided(int before, int after, boolean served) {
        change(limited(before));
        connect();
        bind(start(1), CONTAINER);
        pass(Duration.ofMinutes(25));

        change(limited(after));
        change(new Decision.Pending("the task's framework is not visible yet"));
        pass(Duration.ofMinutes(40));

        assertThat(agent.served).hasSize(served ? 1 : 0);
        assertThat(tables.withdrawals).hasSize(served ? 0 : 1);
    }

    @ParameterizedTest(name = "from {0} min to {1} min: served after 40 min {2}")
    @CsvSource({"30, 120, true", "120, 30, false", "30, 0, true", "0, 30, false"})
    void changedEndIsInTheRowAtOnceAndAppliesAfterARestart(int before, int after, boolean served) {
        change(limited(before));
        connect();
        bind(start(1), CONTAINER);
        settle();
        assertThat(ends()).containsExactly(end(before));

        change(limited(after));

        assertThat(ends()).containsExactly(end(after));
        assertThat(tables.trail).last().extracting(AuditEvent::kind).isEqualTo(AuditEvent.Kind.LIMITED);
        policy.put(CredentialName.DEFAULT, new Decision.Pending("the task's framework is not visible yet"));
        restart();
        pass(Duration.ofMinutes(40));
        assertThat(agent.served).hasSize(served ? 1 : 0);
    }

    @Test
    void unchangedEndIsNotWrittenAgain() {
        change(limited(60));
        connect();
        bind(start(1), CONTAINER);
        settle();
        int written = tables.trail.size();

        change(limited(60));

        assertThat(tables.trail).hasSize(written);
    }

    private List<Optional<Instant>> ends() {
        return tables.live().stream().map(Lease::until).toList();
    }

    private Optional<Instant> end(int minutes) {
        return Optional.of(clock.instant().plus(Duration.ofMinutes(minutes))).filter(_ -> minutes > 0);
    }

    /** @param minutes 0 for none */
    private static Decision limited(int minutes) {
        return TestLaunches.allowed(TestLaunches.entitlement(
                "a",
                Optional.empty(),
                Optional.of(Duration.ofMinutes(minutes)).filter(ttl -> !ttl.isZero()),
                Sharing.TASK,
                Prefetch.ALWAYS));
    }

    private void change(Decision next) {
        policy.put(CredentialName.DEFAULT, next);
        reconciler.policies().changed(1);
        settle();
    }
}
