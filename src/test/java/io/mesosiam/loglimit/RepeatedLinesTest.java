package io.mesosiam.loglimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RepeatedLinesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final RepeatedLines lines = new RepeatedLines(Duration.ofMinutes(1));

    @Test
    void equalLinesAreDueOnceAMinuteWithTheirCount() {
        assertThat(lines.due("a", NOW)).isEqualTo(OptionalLong.of(0));
        for (int second = 1; second < 60; second++) {
            assertThat(lines.due("a", NOW.plusSeconds(second))).isEmpty();
        }
        assertThat(lines.due("a", NOW.plusSeconds(60))).isEqualTo(OptionalLong.of(59));
        assertThat(lines.due("a", NOW.plusSeconds(61))).isEmpty();
    }

    @Test
    void differentLineIsDueAtOnce() {
        lines.due("a", NOW);

        assertThat(lines.due("b", NOW)).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void clockSetBackSuppressesNoLine() {
        lines.due("a", NOW);

        assertThat(lines.due("a", NOW.minusSeconds(3600))).isPresent();
    }
}
