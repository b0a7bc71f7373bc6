package io.mesosiam.enrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.SessionPool;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvictedHostsTest {
    @Test
    void evictionsThatCanNotBeReadAreReported() {
        try (TestDatabase database = TestPostgres.database();
                EvictedHosts evicted =
                        new EvictedHosts(database.pool(), new SessionPool(database.pool()), new Random(1))) {
            evicted.start(() -> {});
            assertThat(evicted.unread()).isEmpty();

            database.execute("alter table host rename to host_away; notify host");

            await().atMost(TimeLimit.seconds(30)).until(() -> evicted.unread().isPresent());
        }
    }

    @Test
    void hostIsEvictedByEachNameThatTheMasterShows() {
        try (TestDatabase database = TestPostgres.database();
                EvictedHosts evicted =
                        new EvictedHosts(database.pool(), new SessionPool(database.pool()), new Random(1))) {
            database.execute("insert into host (hostname, evicted_at, eviction_reason) values"
                    + " ('host-1', now(), 'stolen'), ('10.0.0.2', now(), 'stolen'), ('host-3', null, null)");
            evicted.start(() -> {});

            assertThat(evicted.isEvicted("Host-1.", "10.0.0.1")).isTrue();
            assertThat(evicted.isEvicted("host-2", "10.0.0.2")).isTrue();
            assertThat(evicted.isEvicted("host-3", "10.0.0.3")).isFalse();
        }
    }
}
