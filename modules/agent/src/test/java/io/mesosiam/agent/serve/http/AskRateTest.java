package io.mesosiam.agent.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.attest.Container;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AskRateTest {
    private static final Container TASK = new Container("task", 1);

    /** Near the point where the nanosecond clock overflows, at which it may start. */
    private long now = Long.MAX_VALUE - Duration.ofMillis(500).toNanos();

    private final AskRate<Container> rate = new AskRate<>(10, () -> now);

    @Test
    void containerMaySendOneSecondsRequestsAtOnceAndThenAtItsRate() {
        assertThat(requests(20)).isEqualTo(10);

        now += Duration.ofMillis(100).toNanos();
        assertThat(requests(20)).isEqualTo(1);

        now += Duration.ofMillis(350).toNanos();
        assertThat(requests(20)).isEqualTo(3);

        now += Duration.ofHours(1).toNanos();
        assertThat(requests(20)).isEqualTo(10);
    }

    @Test
    void containerOverItsRateDelaysNoOther() {
        assertThat(requests(20)).isEqualTo(10);

        assertThat(rate.admit(new Container("other", 1))).isTrue();
        assertThat(rate.admit(new Container("task", 2))).isTrue();
    }

    @Test
    void refusedRequestsDoNotCount() {
        assertThat(requests(1000)).isEqualTo(10);

        now += Duration.ofMillis(100).toNanos();

        assertThat(rate.admit(TASK)).isTrue();
    }

    @Test
    void containersWithoutRequestsAreDropped() {
        for (int second = 0; second < 100; second++) {
            now += Duration.ofSeconds(1).toNanos();
            for (int i = 0; i < 100; i++) {
                rate.admit(new Container("task-" + second + "-" + i, 1));
            }
        }

        assertThat(rate.size()).isLessThanOrEqualTo(1024);
    }

    @Test
    void concurrentRequestsShareOneLimit() {
        AtomicInteger admitted = new AtomicInteger();

        IntStream.range(0, 1000).parallel().forEach(i -> {
            if (rate.admit(TASK)) {
                admitted.incrementAndGet();
            }
        });

        assertThat(admitted).hasValue(10);
    }

    @Test
    void rateZeroIsNoLimit() {
        AskRate<Container> none = new AskRate<>(0, () -> now);

        assertThat(IntStream.range(0, 100_000).allMatch(i -> none.admit(TASK))).isTrue();
        assertThat(none.size()).isZero();
    }

    private long requests(int times) {
        return IntStream.range(0, times).filter(i -> rate.admit(TASK)).count();
    }
}
