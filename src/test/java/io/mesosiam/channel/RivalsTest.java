package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RivalsTest {
    private static final MesosAgentId S1 = new MesosAgentId("S1");
    private static final MesosAgentId S2 = new MesosAgentId("S2");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Rivals rivals = new Rivals();

    @Test
    void delayGrowsToAMinute() {
        Instant now = NOW;
        Duration before = Duration.ZERO;
        for (int i = 1; i <= 100; i++) {
            Rivals.Turn turn = rivals.superseded(S1, now);
            assertThat(turn.isRivalry()).isEqualTo(i > 1);
            assertThat(turn.retryAfter()).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(Duration.ofMinutes(1));
            before = turn.retryAfter();
            now = now.plus(before);
        }
        assertThat(before).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void streamsMoreThanAMinuteApartAreNoRivalry() {
        for (int i = 0; i < 5; i++) {
            assertThat(rivals.superseded(S1, NOW.plusSeconds(61L * i)).isRivalry())
                    .isFalse();
        }
    }

    @Test
    void rivalryEndsAfterAMinuteWithoutReplacement() {
        Rivals.Turn second = null;
        for (int i = 0; i < 5; i++) {
            second = rivals.superseded(S1, NOW);
        }
        assertThat(second.isRivalry()).isTrue();

        Instant calm = NOW.plus(second.retryAfter()).plus(Duration.ofMinutes(1)).plusMillis(1);

        assertThat(rivals.superseded(S1, calm).isRivalry()).isFalse();
    }

    @Test
    void hostsAreCountedSeparately() {
        rivals.superseded(S1, NOW);

        assertThat(rivals.superseded(S2, NOW).isRivalry()).isFalse();
    }
}
