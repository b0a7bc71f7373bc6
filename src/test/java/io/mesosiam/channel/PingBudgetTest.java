package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PingBudgetTest {
    private static final long NOW = Long.MAX_VALUE - 5;

    @Test
    void minuteOfPingsMayComeAtOnceAndThenOneASecond() {
        PingBudget pings = new PingBudget(NOW);

        assertThat(IntStream.range(0, PingBudget.BURST)).allMatch(_ -> pings.take(NOW));
        assertThat(pings.take(NOW + PingBudget.EACH.toNanos())).isTrue();
        assertThat(pings.take(NOW + PingBudget.EACH.toNanos())).isFalse();
    }
}
