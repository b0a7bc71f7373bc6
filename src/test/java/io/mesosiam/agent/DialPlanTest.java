package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class DialPlanTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final URI A = URI.create("wss://a:1");
    private static final URI B = URI.create("wss://b:1");

    /** The longest wait that jitter may choose. */
    private static final RandomGenerator LATEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return Long.MAX_VALUE;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    @Test
    void theFirstDialWaitsForNothing() {
        assertThat(plan(A).next(NOW, false).at()).isBefore(NOW);
    }

    @Test
    void notEveryHostBeginsWithTheSameController() {
        long beginWithA = new Random(1)
                .longs(100)
                .filter(seed -> new DialPlan(List.of(A, B), new Random(seed))
                        .next(NOW, false)
                        .controller()
                        .equals(A))
                .count();

        assertThat(beginWithA).isBetween(25L, 75L);
    }

    @Test
    void afterALostStreamAnotherControllerComesFirstAndNotAtOnce() {
        DialPlan plan = plan(A, B);

        plan.lost(A, NOW);

        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(B, NOW.plusSeconds(10)));
        plan.failed(B, NOW.plusSeconds(60));
        assertThat(plan.next(NOW, false)).isEqualTo(new DialPlan.Dial(A, NOW.plusSeconds(20)));
    }

    @Test
    void aContainerThatWaitsBringsTheDialForward() {
        DialPlan plan = plan(A);

        plan.lost(A, NOW);

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(10));
        assertThat(plan.next(NOW, true).at()).isEqualTo(NOW.plusMillis(250));
    }

    @Test
    void failuresBackOffUpToAMinuteAndFiveSecondsForOneThatWaits() {
        DialPlan plan = plan(A);

        plan.failed(A, NOW);
        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(1));
        plan.failed(A, NOW);
        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(2));
        for (int i = 0; i < 100; i++) {
            plan.failed(A, NOW);
        }

        assertThat(plan.next(NOW, false).at()).isEqualTo(NOW.plusSeconds(60));
        assertThat(plan.next(NOW, true).at()).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void aRefusalIsNotAskedAgainForMinutesHoweverUrgent() {
        DialPlan plan = plan(A);

        plan.refused(A, NOW);

        assertThat(Duration.between(NOW, plan.next(NOW, true).at())).isEqualTo(Duration.ofMinutes(4));
    }

    private static DialPlan plan(URI... controllers) {
        return new DialPlan(List.of(controllers), LATEST);
    }
}
