package io.mesosiam.loglimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LineBudgetTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void linesBeyondTheBudgetAreOmittedAndCountedInTheNextPeriod() {
        LineBudget budget = new LineBudget(2, Duration.ofMinutes(1));

        assertThat(budget.take(NOW)).isEqualTo(OptionalLong.of(0));
        assertThat(budget.take(NOW.plusSeconds(30))).isEqualTo(OptionalLong.of(0));
        for (int second = 31; second < 60; second++) {
            assertThat(budget.take(NOW.plusSeconds(second))).isEmpty();
        }
        assertThat(budget.take(NOW.plusSeconds(60))).isEqualTo(OptionalLong.of(29));
        assertThat(budget.take(NOW.plusSeconds(61))).isEqualTo(OptionalLong.of(0));
        assertThat(budget.take(NOW.plusSeconds(62))).isEmpty();
    }

    @Test
    void clockThatIsSetBackBeginsANewPeriod() {
        LineBudget budget = new LineBudget(1, Duration.ofMinutes(1));
        budget.take(NOW);

        assertThat(budget.take(NOW.minusSeconds(3600))).isPresent();
    }
}
