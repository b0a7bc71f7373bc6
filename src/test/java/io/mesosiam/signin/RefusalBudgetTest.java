package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How many refusals become audit events. */
class RefusalBudgetTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private final RefusalBudget budget = new RefusalBudget();

    @Test
    void floodOfOneActorLeavesRoomForOthers() {
        assertThat(taken("address:192.0.2.1", 1_000, NOW)).isEqualTo(RefusalBudget.EACH);

        assertThat(budget.take("token:ci", NOW)).isEqualTo(1_000 - RefusalBudget.EACH);
        assertThat(budget.take("token:ci", NOW)).isZero();
    }

    @Test
    void floodOfManyActorsHasALimitTogether() {
        int written = 0;
        for (int i = 0; i < 1_000; i++) {
            written += taken("address:192.0.2." + i, 1, NOW);
        }

        assertThat(written).isEqualTo(RefusalBudget.TOTAL);
    }

    @Test
    void nextMinuteHasABudgetOfItsOwnAndStatesWhatWasLeftOut() {
        int unused = taken("token:ci", RefusalBudget.EACH + 5, NOW);

        assertThat(budget.take("token:ci", NOW.plus(Duration.ofSeconds(59)))).isNegative();
        assertThat(budget.take("token:ci", NOW.plus(Duration.ofSeconds(60)))).isEqualTo(6);
    }

    @Test
    void clockThatWentBackDoesNotStopTheEvents() {
        int unused = taken("token:ci", RefusalBudget.EACH, NOW);

        assertThat(budget.take("token:ci", NOW.minus(Duration.ofHours(1)))).isZero();
    }

    private int taken(String actor, int times, Instant now) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += budget.take(actor, now) >= 0 ? 1 : 0;
        }
        return taken;
    }
}
