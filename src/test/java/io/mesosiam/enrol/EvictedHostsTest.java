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
}
