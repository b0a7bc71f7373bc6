package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.Optional;
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

    private static Decision limited(int minutes) {
        return TestLaunches.allowed(TestLaunches.entitlement(
                "a", Optional.empty(), Optional.of(Duration.ofMinutes(minutes)), Sharing.TASK, Prefetch.ALWAYS));
    }

    private void change(Decision next) {
        policy.put(CredentialName.DEFAULT, next);
        reconciler.policyChanged();
        settle();
    }
}
