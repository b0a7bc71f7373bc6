package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.TimeLimit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnexpectedFailuresTest {
    private final UnexpectedFailures failures = new UnexpectedFailures();

    @Test
    void scheduleContinuesAfterAnError() throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        try (ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor()) {
            var unused = thread.scheduleWithFixedDelay(
                    failures.guarded(() -> {
                        runs.countDown();
                        throw new StackOverflowError("thrown by the test");
                    }),
                    0,
                    1,
                    TimeUnit.MILLISECONDS);

            assertThat(runs.await(TimeLimit.seconds(20).toMillis(), TimeUnit.MILLISECONDS))
                    .isTrue();
            thread.shutdownNow();
        }
        assertThat(failures.count()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void failuresAreCountedInTheMetrics() {
        failures.caught(new IllegalStateException("secret"));
        failures.caught(new IllegalStateException("secret"));
        Exposition exposition = new Exposition();

        failures.expose(exposition);

        assertThat(exposition.toString()).contains("\nmesosiam_agent_unexpected_failures_total 2\n");
    }
}
