package io.mesosiam.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.link.UnexpectedFailures;
import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ExposureReportsTest {
    /** It would end the thread, and with it the reports of later days. */
    @Test
    void errorIsCounted() throws Exception {
        UnexpectedFailures failures = new UnexpectedFailures();

        ExposureReports.start(
                () -> {
                    throw new NoClassDefFoundError();
                },
                _ -> {},
                _ -> {},
                failures);

        Deadline deadline = Deadline.in(TimeLimit.seconds(10));
        String none = text(new UnexpectedFailures());
        while (text(failures).equals(none) && deadline.pause(Duration.ofMillis(10))) {
            // counted soon
        }
        assertThat(text(failures)).contains("mesosiam_agent_unexpected_failures_total 1\n");
    }

    private static String text(UnexpectedFailures failures) {
        Exposition out = new Exposition();
        failures.expose(out);
        return out.toString();
    }
}
