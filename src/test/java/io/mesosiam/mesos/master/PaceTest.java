package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.pause.Backoff;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaceTest {
    @ParameterizedTest
    @CsvSource({
        "PT0.1S, true, PT60S",
        "PT3S, true, PT60S",
        "PT4S, true, PT80S",
        "PT0.1S, false, PT2S",
        "PT1S, false, PT20S"
    })
    void pollWaitsAtLeastTwentyTimesItsDuration(Duration took, boolean streaming, Duration rest) {
        PollPace pace = new PollPace(Duration.ofSeconds(60), Duration.ofSeconds(2));

        assertThat(pace.after(took, streaming)).isEqualTo(rest);
    }

    @Test
    void pollingAloneIsNeverFasterThanTwoSeconds() {
        assertThatThrownBy(() -> new PollPace(Duration.ofSeconds(60), Duration.ofMillis(1999)))
                .hasMessage("mesos-iam.mesos.poll-alone-interval must be at least 2 s, is PT1.999S");
    }

    @Test
    void theFirstRetryIsFastAndTheLastIsBounded() {
        Backoff backoff = new Backoff(ClusterWatch.RETRIES, new Random(1));
        assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        for (int i = 0; i < 20; i++) {
            backoff.next();
        }
        assertThat(backoff.next()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));

        backoff.succeeded();
        assertThat(backoff.next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    }
}
