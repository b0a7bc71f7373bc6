package io.mesosiam.enrol.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.http.ConnectionSource;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RequestBudgetTest {
    private static final long START = System.nanoTime();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private static ConnectionSource source(int number) {
        return ConnectionSource.of(new InetSocketAddress("10.0." + number / 250 + "." + (1 + number % 250), 1));
    }

    @Test
    void sourceHasItsMinuteAtOnceAndThenWaits() {
        RequestBudget budget = new RequestBudget(6, 1_000);

        for (int i = 0; i < 6; i++) {
            assertThat(budget.take(source(1), START)).isEmpty();
        }

        assertThat(budget.take(source(1), START)).contains(Duration.ofSeconds(10));
        assertThat(budget.take(source(2), START)).isEmpty();
        assertThat(budget.take(source(1), START + 10 * SECOND)).isEmpty();
    }

    @Test
    void allSourcesTogetherHaveALimit() {
        RequestBudget budget = new RequestBudget(6, 50);
        long now = System.nanoTime() + SECOND;
        for (int i = 0; i < 50; i++) {
            assertThat(budget.take(source(i), now)).isEmpty();
        }

        assertThat(budget.take(source(60), now)).contains(Duration.ofMillis(20));
        assertThat(budget.take(source(60), now + SECOND)).isEmpty();
    }

    @Test
    void sourcesAreForgotten() {
        RequestBudget budget = new RequestBudget(6, 1_000_000);
        for (int i = 0; i < RequestBudget.MAX_SOURCES + 10; i++) {
            var _ = budget.take(source(i), System.nanoTime() + i * SECOND);
        }

        assertThat(budget.sources()).isEqualTo(RequestBudget.MAX_SOURCES);
    }
}
