package io.mesosiam.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.SessionSource.SessionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RenewalRuleTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** Returns the minimum of a generator's range; {@code HIGH} returns the maximum. */
    private static final RandomGenerator LOW = () -> 0L;

    private static final RandomGenerator HIGH = () -> -1L;

    @ParameterizedTest(name = "{0} min: from {1} to {2}")
    @CsvSource({"60, PT32M, PT40M", "15, PT8M, PT10M", "720, PT6H24M, PT8H"})
    void sessionIsRenewedInItsWindow(int minutes, Duration earliest, Duration latest) {
        Instant end = NOW.plus(Duration.ofMinutes(minutes));

        assertThat(new RenewalRule(LOW).renewAt(NOW, end)).isEqualTo(NOW.plus(earliest));
        assertThat(new RenewalRule(HIGH).renewAt(NOW, end))
                .isBetween(NOW.plus(latest).minusMillis(2), NOW.plus(latest));
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 90, 720})
    void servedSessionHasTwentyMinutesLeft(int minutes) {
        Instant end = NOW.plus(Duration.ofMinutes(minutes));

        assertThat(Duration.between(new RenewalRule(HIGH).renewAt(NOW, end), end))
                .isGreaterThanOrEqualTo(Duration.ofMinutes(20));
    }

    @ParameterizedTest(name = "an hour''s session with {0} left: between {1} and {2} from now")
    @CsvSource({"PT60M, PT32M, PT40M", "PT28M, PT0S, PT8M", "PT24M, PT0S, PT4M", "PT20M, PT0S, PT0S", "PT1M, PT0S, PT0S"
    })
    void adoptedSessionIsRenewedInTheRestOfItsWindow(Duration left, Duration earliest, Duration latest) {
        Instant end = NOW.plus(left);

        assertThat(new RenewalRule(LOW).renewAdoptedAt(end, Duration.ofHours(1), NOW))
                .isEqualTo(NOW.plus(earliest));
        assertThat(new RenewalRule(HIGH).renewAdoptedAt(end, Duration.ofHours(1), NOW))
                .isBetween(NOW.plus(latest).minusMillis(2), NOW.plus(latest));
    }

    @ParameterizedTest(name = "failure {0}: {1} to {2} s")
    @CsvSource({"1, 15, 19", "2, 30, 38", "3, 60, 75", "6, 480, 600", "7, 720, 900", "1000, 720, 900"})
    void backoffDoublesUpToFifteenMinutes(int attempts, long least, long most) {
        Random random = new Random(attempts);

        for (int i = 0; i < 100; i++) {
            assertThat(new RenewalRule(random).backoff(attempts))
                    .isBetween(Duration.ofSeconds(least), Duration.ofSeconds(most));
        }
    }

    @ParameterizedTest(name = "call without an answer {0}: {1} to {2} s")
    @CsvSource({"1, 2.0, 2.5", "2, 4.0, 5.0", "3, 8.0, 10.0", "4, 15.0, 18.75", "1000, 15.0, 18.75"})
    void backoffOfACallWithoutAnAnswerIsShort(int attempts, double least, double most) {
        Random random = new Random(attempts);
        SessionOutcome.Failure silent = new SessionOutcome.Unavailable("STS did not answer in time", Optional.empty());

        for (int i = 0; i < 100; i++) {
            assertThat(new RenewalRule(random).backoff(silent, attempts).toMillis() / 1e3)
                    .isBetween(least, most);
        }
    }

    @Test
    void backoffOfARefusalIsLong() {
        assertThat(new RenewalRule(LOW).backoff(new SessionOutcome.Refused("AccessDenied"), 2))
                .isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest(name = "with {0} left: {1}")
    @CsvSource({"PT60M, true", "PT28M1S, true", "PT28M, false", "PT0S, false"})
    void sessionIsSharedBeforeItsRenewalWindow(Duration left, boolean fresh) {
        assertThat(new RenewalRule(LOW).fresh(NOW.plus(left), Duration.ofHours(1), NOW))
                .isEqualTo(fresh);
    }
}
