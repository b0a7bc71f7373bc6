package io.mesosiam.signin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.SessionPool;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The tokens of controllers that share a database. */
class TokensTest {
    @Test
    void tokensAreUnknownTwoMinutesAfterTheyWereLastRead() {
        ManualClock clock = new ManualClock(Instant.parse("2026-01-02T03:04:05Z"));
        TestDatabase database = TestPostgres.database();
        try (Tokens tokens = new Tokens(database.pool(), new SessionPool(database.pool()), new Random(1), clock)) {
            assertThat(tokens.areKnown()).isFalse();
            tokens.start();
            assertThat(tokens.areKnown()).isTrue();

            database.close();
            clock.advance(Duration.ofSeconds(119));
            assertThat(tokens.areKnown()).isTrue();
            clock.advance(Duration.ofSeconds(1));
            assertThat(tokens.areKnown()).isFalse();
            // a clock that was set back tells nothing either
            clock.advance(Duration.ofHours(-1));
            assertThat(tokens.areKnown()).isFalse();
        }
    }

    @Test
    void ofControllersThatStartAtOnceOneMakesTheBootstrapToken() throws Exception {
        int controllers = 8;
        CyclicBarrier together = new CyclicBarrier(controllers);
        for (int round = 0; round < 5; round++) {
            try (TestDatabase database = TestPostgres.database();
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<CompletableFuture<Boolean>> made = new ArrayList<>();
                for (int i = 0; i < controllers; i++) {
                    Tokens tokens =
                            new Tokens(database.pool(), new SessionPool(database.pool()), new Random(i), Instant::now);
                    made.add(CompletableFuture.supplyAsync(() -> bootstrap(tokens, together), threads));
                }

                int winners = 0;
                for (CompletableFuture<Boolean> each : made) {
                    winners += each.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS) ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
                assertThat(database.query("select name from api_token")).containsExactly("bootstrap");
            }
        }
    }

    @Test
    void useOfATokenWhoseRowIsLockedKeepsNoConnection() throws Exception {
        try (TestDatabase database = TestPostgres.database();
                Tokens tokens =
                        new Tokens(database.pool(), new SessionPool(database.pool()), new Random(1), Instant::now);
                Connection other = database.connect();
                Statement statement = other.createStatement()) {
            assertThat(bootstrap(tokens, new CyclicBarrier(1))).isTrue();
            other.setAutoCommit(false);
            statement.execute("update api_token set expires_at = expires_at");

            String before = database.query("select clock_timestamp()").getFirst();
            tokens.used(tokens.all().getFirst());

            await().atMost(TimeLimit.seconds(20)).until(() -> database.query(
                            "select state from pg_stat_activity where datname = current_database() and query ilike 'commit'"
                                    + " and state_change > '" + before + "'")
                    .equals(List.of("idle")));
            other.rollback();
        }
    }

    private static boolean bootstrap(Tokens tokens, CyclicBarrier together) {
        try {
            together.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return tokens.bootstrap(
                        ApiToken.random(new SecureRandom()), Instant.now().plus(Duration.ofDays(7)))
                .await()
                .atMost(TimeLimit.seconds(20));
    }
}
