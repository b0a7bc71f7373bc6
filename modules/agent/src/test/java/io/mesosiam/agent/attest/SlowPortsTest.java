package io.mesosiam.agent.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SlowPortsTest {
    private static final long SLOW = Duration.ofMillis(6).toNanos();
    private static final long QUICK = 20_000;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SlowPorts ports = new SlowPorts();

    private void query(int port, int times) {
        for (int i = 0; i < times; i++) {
            ports.foundNothing(port, 0, SLOW);
        }
    }

    @Test
    void portWhoseQueriesTookLongInARowIsLeftOutForSomeSeconds() {
        query(7000, SlowPorts.IN_A_ROW);

        assertThat(ports.has(7000, SECOND)).isTrue();
        assertThat(ports.has(7001, SECOND)).isFalse();
        assertThat(ports.has(7000, 11 * SECOND)).isFalse();
        assertThat(ports.has(7000, SECOND)).isFalse();
    }

    /** A thread is held up now and then, in a query for any caller. */
    @Test
    void portThatIsQueriedQuicklyInBetweenIsNotLeftOut() {
        for (int i = 0; i < 100; i++) {
            query(7000, SlowPorts.IN_A_ROW - 1);
            ports.foundNothing(7000, 0, QUICK);
        }

        assertThat(ports.has(7000, SECOND)).isFalse();
    }

    @Test
    void anyNumberOfPortsIsNoted() {
        for (int port = 0; port < 65_536; port++) {
            query(port, 1);
        }
        query(7000, SlowPorts.IN_A_ROW);

        assertThat(ports.has(7000, SECOND)).isTrue();
    }
}
