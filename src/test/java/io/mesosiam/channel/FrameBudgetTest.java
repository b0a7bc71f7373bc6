package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FrameBudgetTest {
    private static final long NOW = Long.MAX_VALUE - 5;

    @Test
    void framesOfAMinuteMayComeAtOnceAndThenTwoASecond() {
        FrameBudget frames = new FrameBudget(NOW);

        assertThat(IntStream.range(0, FrameBudget.BURST)).allMatch(_ -> frames.take(NOW));
        assertThat(frames.take(NOW + FrameBudget.EACH.toNanos())).isTrue();
        assertThat(frames.take(NOW + FrameBudget.EACH.toNanos())).isFalse();
    }
}
