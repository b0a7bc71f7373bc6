package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What operators ask of hosts' owners while the table can't be read. */
class HostOwnersTest {
    @Test
    void failedReadsAreLoggedOnceAMinuteHoweverManyCallersAsk() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        try (TestDatabase db = TestPostgres.database();
                LogRecords log = new LogRecords(HostOwners.class.getName())) {
            HostOwners owners = new HostOwners(db.pool(), clock);
            db.execute("alter table agent rename to moved");

            for (int i = 0; i < 20; i++) {
                assertThat(owners.of(List.of(new MesosAgentId("S1")))).isEmpty();
            }
            assertThat(log.lines()).hasSize(1);

            clock.advance(Duration.ofMinutes(1));
            assertThat(owners.of(List.of(new MesosAgentId("S1")))).isEmpty();
            assertThat(log.lines()).hasSize(2).last().asString().contains("repeated=19");
        }
    }
}
