package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.SessionPool;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ListedEvictionsTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");
    private static final MesosAgentId OTHER = new MesosAgentId("S2");

    private Map<MesosAgentId, MesosAgent> listed = Map.of();

    @Test
    void hostIsFoundByItsNameOrItsAddressAsTheMasterShowsThemNow() {
        try (TestDatabase database = TestPostgres.database();
                EvictedHosts evicted =
                        new EvictedHosts(database.pool(), new SessionPool(database.pool()), new Random(1))) {
            ListedEvictions evictions = new ListedEvictions(() -> listed, evicted);
            evicted.start(() -> {});
            list(HOST, "Host-1.", "10.0.0.1");
            list(OTHER, "host-2", "10.0.0.2");
            assertThat(evictions.ids()).isEmpty();

            evict(database, "10.0.0.1");
            await().atMost(TimeLimit.seconds(20))
                    .untilAsserted(() -> assertThat(evictions.ids()).containsExactly(HOST));
            evict(database, "host-2");
            await().atMost(TimeLimit.seconds(20))
                    .untilAsserted(() -> assertThat(evictions.ids()).containsExactlyInAnyOrder(HOST, OTHER));

            list(HOST, "host-1", "10.0.0.7");
            assertThat(evictions.ids()).containsExactly(OTHER);
        }
    }

    private void list(MesosAgentId id, String hostname, String address) {
        Map<MesosAgentId, MesosAgent> next = new HashMap<>(listed);
        next.put(id, new MesosAgent(id, hostname, address, Map.of(), true, false));
        listed = next;
    }

    private static void evict(TestDatabase database, String name) {
        database.execute(
                "insert into host (hostname, evicted_at, eviction_reason) values ('" + name + "', now(), 'stolen')");
    }
}
