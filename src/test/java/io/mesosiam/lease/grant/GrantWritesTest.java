package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.policy.grant.TestGrants;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Writes of grants that the database doesn't answer. */
class GrantWritesTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final AtomicInteger sent = new AtomicInteger();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void transactionsWithoutAnAnswerTakeAtMostTwoConnections() {
        Pool silent = new Pool(DB.pool().getDelegate()) {
            @Override
            public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                sent.incrementAndGet();
                return Uni.createFrom().nothing();
            }
        };
        try (GrantWrites writes = new GrantWrites(silent, "c-1", new Random(1), Duration.ofMillis(20))) {
            writes.start();
            writes.bind(UUID.randomUUID(), TestGrants.holder("t1", "c1"));
            writes.suspend(UUID.randomUUID(), "two launches claim it");
            writes.end(UUID.randomUUID(), TestGrants.holder("t2", "c2"));

            await().atMost(TimeLimit.seconds(10)).until(() -> writes.trouble()
                    .filter("the database has not answered 2 earlier transactions"::equals)
                    .isPresent());
            assertThat(sent).hasValue(2);
        }
    }
}
