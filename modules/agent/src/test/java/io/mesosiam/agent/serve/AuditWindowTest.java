package io.mesosiam.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuditWindowTest {
    private long now = Long.MAX_VALUE - 5;
    private final AuditWindow window = new AuditWindow(() -> now);

    @Test
    void fewLinesPassPerMinuteAndTheNextHasTheNumberOfSuppressedOnes() {
        assertThat(passed("refused a", 100)).isEqualTo(8);

        now += Duration.ofMinutes(1).toNanos();

        assertThat(window.pass("refused a")).isEqualTo(OptionalLong.of(92));
        assertThat(passed("refused a", 100)).isEqualTo(7);
    }

    @Test
    void rareLinesAreNotSuppressed() {
        for (int i = 0; i < 50; i++) {
            now += Duration.ofMinutes(1).toNanos();
            assertThat(window.pass("refused a")).isEqualTo(OptionalLong.of(0));
        }
    }

    @Test
    void mattersAreCountedSeparately() {
        passed("refused a", 100);

        assertThat(window.pass("refused b")).isEqualTo(OptionalLong.of(0));
    }

    @Test
    void mattersBeyondTheLimitShareOneCount() {
        assertThat(IntStream.range(0, 100_000)
                        .filter(i -> window.pass("refused " + i).isPresent())
                        .count())
                .isEqualTo(1024 + 8);

        now += Duration.ofMinutes(1).toNanos();

        assertThat(window.pass("refused new")).isEqualTo(OptionalLong.of(0));
    }

    private long passed(String matter, int times) {
        return IntStream.range(0, times)
                .filter(i -> window.pass(matter).isPresent())
                .count();
    }
}
