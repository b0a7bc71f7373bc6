package io.mesosiam.api.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AwayMapperTest {
    private final ManualClock clock = new ManualClock(Instant.parse("2030-01-01T00:00:00Z"));

    @Test
    void requestsWhileTheDatabaseIsAwayAreOneLineAMinute() {
        AwayMapper mapper = new AwayMapper(null, clock);
        try (LogRecords log = new LogRecords(AwayMapper.class.getName())) {
            for (int i = 0; i < 20; i++) {
                mapper.log(new IllegalStateException("away", new IllegalStateException("Connection refused")));
            }
            assertThat(log.lines()).singleElement().asString().contains("Connection refused");

            clock.advance(Duration.ofMinutes(1));
            mapper.log(new IllegalStateException("Connection refused"));
            assertThat(log.lines()).hasSize(2).last().asString().contains("repeated=19");
        }
    }
}
