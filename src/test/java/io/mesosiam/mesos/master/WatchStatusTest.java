package io.mesosiam.mesos.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchStatusTest {
    private final List<LogRecord> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                lines.add(line);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final Logger logger = Logger.getLogger(ClusterWatch.class.getName());
    private long nanos;
    private final WatchStatus report = new WatchStatus(() -> Instant.EPOCH, () -> nanos);

    WatchStatusTest() {
        logger.addHandler(handler);
    }

    @AfterEach
    void remove() {
        logger.removeHandler(handler);
    }

    @Test
    void differentErrorsAreLoggedOnceAMinute() {
        for (int task = 0; task < 1_000; task++) {
            report.rejectedEvent("task t" + task + " has no state");
        }
        assertThat(lines).hasSize(1);

        nanos += Duration.ofMinutes(1).toNanos();
        report.rejectedEvent("task last has no state");
        assertThat(lines).hasSize(2);
    }

    @Test
    void silenceIsTheTimeSinceTheLastEventOrListing() {
        assertThat(report.silence()).isEmpty();

        report.listed(URI.create("http://master:5050"));
        nanos += Duration.ofSeconds(3).toNanos();
        assertThat(report.silence()).contains(Duration.ofSeconds(3));

        report.heard();
        assertThat(report.silence()).contains(Duration.ZERO);
    }

    @Test
    void unexpectedFailureIsAnErrorOfHealthUntilTheNextSuccess() {
        report.failedUnexpectedly("poll", "the poll", new StackOverflowError());

        assertThat(report.health().errors())
                .containsExactly("the poll failed unexpectedly with java.lang.StackOverflowError");
        assertThat(report.unexpected()).isPresent();
        assertThat(report.failures()).isOne();

        report.succeeded("poll");
        assertThat(report.health().errors()).isEmpty();
        assertThat(report.unexpected()).isEmpty();
    }
}
