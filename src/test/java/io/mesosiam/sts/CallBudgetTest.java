package io.mesosiam.sts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallBudgetTest {
    private Instant now = Instant.parse("2025-01-01T00:00:00Z");
    private final CallBudget budget = new CallBudget(40, () -> now);

    @Test
    void burstOfAQuarterSecondIsGrantedAtOnceAndThenOneByOne() {
        List<CallBudget.Turn> turns = renewals(30);

        Duration wait = budget.grant().orElseThrow();

        assertThat(done(turns)).isEqualTo(10);
        assertThat(wait).isEqualTo(Duration.ofMillis(25));
        pass(wait);
        assertThat(done(turns)).isEqualTo(11);
    }

    @Test
    void secondGrantsAtMostTheRateAndTheBurst() {
        List<CallBudget.Turn> turns = renewals(200);

        pass(Duration.ZERO);
        IntStream.range(0, 1000).forEach(i -> pass(Duration.ofMillis(1)));

        assertThat(done(turns)).isEqualTo(50);
    }

    @Test
    void waitingTasksComeBeforeRenewals() {
        List<CallBudget.Turn> renewals = renewals(10);
        List<CallBudget.Turn> waiting = turns(3, true);

        budget.grant();

        assertThat(done(waiting)).isEqualTo(3);
        assertThat(done(renewals)).isEqualTo(7);
        assertThat(renewals.subList(0, 7)).allMatch(CompletableFuture::isDone);
    }

    @Test
    void renewalsHaveEveryFourthTurnHoweverManyTasksWait() {
        List<CallBudget.Turn> renewals = renewals(10);
        List<CallBudget.Turn> waiting = turns(1000, true);

        pass(Duration.ZERO);
        for (int i = 0; i < 30; i++) {
            pass(Duration.ofMillis(25));
        }

        assertThat(done(waiting)).isEqualTo(30);
        assertThat(done(renewals)).isEqualTo(10);
    }

    @Test
    void renewalThatIsCancelledHasNoTurn() {
        renewals(10).forEach(turn -> turn.cancel(false));
        List<CallBudget.Turn> waiting = turns(10, true);

        budget.grant();

        assertThat(done(waiting)).isEqualTo(10);
    }

    @Test
    void stateShowsWhatIsLeftTheRateAndTheCallsThatWait() {
        assertThat(budget.state()).isEqualTo(new StsBudget(10, 1, 0));
        turns(8, true);
        renewals(10).getFirst().cancel(false);
        assertThat(budget.state()).isEqualTo(new StsBudget(10, 1, 17));

        budget.grant();
        budget.throttled();

        assertThat(budget.state()).isEqualTo(new StsBudget(0, 0.5, 7));
        now = now.plusSeconds(1);
        assertThat(budget.state().rate()).isEqualTo(0.55);
    }

    @Test
    void regionsShowTheScarcestBudget() {
        assertThat(new StsBudget(10, 0.5, 3).with(new StsBudget(4, 1, 5))).isEqualTo(new StsBudget(4, 0.5, 8));
    }

    @Test
    void cancelledTurnUsesNoBudget() {
        List<CallBudget.Turn> turns = renewals(20);
        turns.subList(0, 10).forEach(turn -> turn.cancel(false));

        assertThat(budget.grant()).isEmpty();

        assertThat(turns.subList(10, 20)).allMatch(CallBudgetTest::granted);
    }

    @Test
    void refundedTurnIsGrantedToTheNext() {
        renewals(10);
        budget.grant();
        CallBudget.Turn next = budget.enter(true);
        budget.grant();
        assertThat(next.isDone()).isFalse();

        budget.refund();
        budget.grant();

        assertThat(granted(next)).isTrue();
    }

    @Test
    void throttlingHalvesTheRateOnceASecondAndItRecovers() {
        renewals(10);
        pass(Duration.ZERO);
        budget.throttled();
        budget.throttled();

        renewals(1);
        assertThat(budget.grant()).contains(Duration.ofMillis(50));

        pass(Duration.ofSeconds(10));
        renewals(10);
        pass(Duration.ZERO);
        renewals(1);
        assertThat(budget.grant()).contains(Duration.ofMillis(25));
    }

    /** The alert is for less than half of the rate. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 40})
    void rateOfAnySizeFallsBelowHalfWhileStsThrottlesEachCall(int callsPerSecond) {
        CallBudget small = new CallBudget(callsPerSecond, () -> now);
        for (int call = 0; call < 200; call++) {
            CallBudget.Turn _ = small.enter(true);
            for (Optional<Duration> wait = small.grant(); wait.isPresent(); wait = small.grant()) {
                now = now.plus(wait.get());
            }
            small.throttled();
        }

        assertThat(small.state().rate()).isBetween(0.02, 0.25);
        CallBudget.Turn _ = small.enter(true);
        assertThat(small.grant()).hasValueSatisfying(wait -> assertThat(wait).isLessThan(Duration.ofSeconds(5)));
    }

    @Test
    void clockSetBackAddsNoBudget() {
        renewals(10);
        pass(Duration.ZERO);

        pass(Duration.ofHours(-1));
        renewals(1);

        assertThat(budget.grant()).contains(Duration.ofMillis(25));
    }

    @Test
    void rateFollowsThrottlingAndRecoversAfterTheClockIsSetBack() {
        renewals(10);
        pass(Duration.ZERO);
        budget.throttled();

        pass(Duration.ofHours(-2));
        budget.throttled();
        renewals(1);
        assertThat(budget.grant()).contains(Duration.ofMillis(100));

        pass(Duration.ofSeconds(15));
        pass(Duration.ofSeconds(1));
        renewals(10);
        pass(Duration.ZERO);
        renewals(1);
        assertThat(budget.grant()).contains(Duration.ofMillis(25));
    }

    private void pass(Duration time) {
        now = now.plus(time);
        budget.grant();
    }

    private List<CallBudget.Turn> renewals(int count) {
        return turns(count, false);
    }

    private List<CallBudget.Turn> turns(int count, boolean taskWaits) {
        return IntStream.range(0, count).mapToObj(i -> budget.enter(taskWaits)).toList();
    }

    private static long done(List<CallBudget.Turn> turns) {
        return turns.stream().filter(CallBudgetTest::granted).count();
    }

    private static boolean granted(CallBudget.Turn turn) {
        return turn.getNow(false);
    }
}
