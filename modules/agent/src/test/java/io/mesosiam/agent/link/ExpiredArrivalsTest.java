package io.mesosiam.agent.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.agent.metrics.Exposition;
import io.mesosiam.agent.serve.Answer;
import io.mesosiam.channel.wire.AgentMessage.Nack;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

/** Sessions that have expired on arrival. */
class ExpiredArrivalsTest extends LeaseStoreFixture {
    @Test
    void expiredSessionIsNackedWithBothClocksTimes() {
        now = START.plus(Duration.ofHours(2));

        assertThat(upsert(store, served("lease-1", 1, "c", "key-1")))
                .hasValue(new Nack(
                        "lease-1",
                        1,
                        "SessionExpired",
                        "the session ended at 2030-01-01T01:00:00Z, and this host's clock shows 2030-01-01T02:00:00Z:"
                                + " one of the two clocks is wrong"));
        assertThat(store.find("c", "default")).isInstanceOf(Answer.Nothing.class);
    }

    @Test
    void expiredSessionIsLoggedOnceAndCountedEachTime() {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        Logger log = Logger.getLogger(ExpiredArrivals.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getLevel() + " " + new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.addHandler(handler);
        try {
            now = START.plus(Duration.ofHours(2));
            upsert(store, served("lease-1", 1, "c", "key-1"));
            upsert(store, served("lease-1", 2, "c", "key-2"));
        } finally {
            log.removeHandler(handler);
        }

        assertThat(lines)
                .singleElement()
                .asString()
                .startsWith("WARN")
                .contains("session dropped on arrival leaseId=lease-1 containerId=c reason=the session ended at ")
                .doesNotContain("key-1");
        Exposition exposition = new Exposition();
        store.expose(exposition);
        assertThat(exposition.toString()).contains("mesosiam_agent_sessions_expired_on_arrival_total 2");
    }
}
