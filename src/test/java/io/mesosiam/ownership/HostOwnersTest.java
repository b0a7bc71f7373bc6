package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What operators ask of hosts' owners, also while the table can't be read. */
class HostOwnersTest {
    @Test
    void failedReadsAreLoggedOnceAMinuteHoweverManyCallersAsk() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
        try (TestDatabase db = TestPostgres.database();
                LogRecords log = new LogRecords(HostOwners.class.getName())) {
            HostOwners owners = new HostOwners(db.pool(), clock, Set::of);
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

    /** Its row has one name alone. */
    @Test
    void hostIsEvictedByANameThatTheMasterShows() {
        MesosAgentId byAddress = new MesosAgentId("S1");
        try (TestDatabase db = TestPostgres.database()) {
            HostOwners owners = new HostOwners(db.pool(), InstantSource.system(), () -> Set.of(byAddress));
            db.execute("insert into agent (mesos_agent_id, hostname, epoch) values ('S1', 'host-1', 1),"
                    + " ('S2', 'host-2', 1), ('S3', 'host-3', 1)");
            db.execute("insert into host (hostname, evicted_at, eviction_reason) values ('host-2', now(), 'stolen')");

            assertThat(owners.of(List.of(byAddress, new MesosAgentId("S2"), new MesosAgentId("S3"))))
                    .allSatisfy((host, owner) ->
                            assertThat(owner.evicted()).isEqualTo(!host.value().equals("S3")))
                    .hasSize(3);
        }
    }

    @Test
    void allRowsAreReadAgainAfterASecondAndTheLastAnswerStaysWhileTheTableCannotBeRead() {
        try (TestDatabase db = TestPostgres.database()) {
            HostOwners owners = new HostOwners(db.pool(), InstantSource.system(), Set::of);
            db.execute("""
                    insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, version, connected_at)
                    values ('S1', 'host-1', 1, 'a', 'connected', '1.0', '2026-01-02T03:04:05Z')""");

            assertThat(owners.all()).containsOnlyKeys(new MesosAgentId("S1"));
            assertThat(owners.recent()).isEqualTo(owners.all());
            HostOwners.Owner owner = owners.all().get(new MesosAgentId("S1"));
            assertThat(owner.hostname()).isEqualTo("host-1");
            assertThat(owner.version()).contains("1.0");
            assertThat(owner.connectedAt()).contains(Instant.parse("2026-01-02T03:04:05Z"));
            assertThat(owner.disconnectedAt()).isEmpty();

            db.execute("update agent set controller_id = 'b'");
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> owners.all()
                    .get(new MesosAgentId("S1"))
                    .controllerId()
                    .equals(Optional.of("b")));
            assertThat(owners.isAway()).isFalse();
            db.execute("alter table agent rename to moved");
            try (LogRecords log = new LogRecords(HostOwners.class.getName())) {
                Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> {
                    assertThat(owners.all()).hasSize(1);
                    return !log.lines().isEmpty() && owners.isAway();
                });
            }
            db.execute("alter table moved rename to agent");
            Awaitility.await()
                    .atMost(TimeLimit.seconds(10))
                    .until(() -> !owners.all().isEmpty() && !owners.isAway());
        }
    }
}
