package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A follower on a real PostgreSQL whose connections are lost in every phase. */
class TableFollowerTest {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final Duration LONG = TimeLimit.seconds(20);
    private static final int POOL = 4;

    private final TestDatabase db = TestPostgres.emptyDatabase();
    private final DatabaseProxy proxy = new DatabaseProxy(db.reactiveUrl());
    private final Pool pool = new Pool(PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(POOL))
            .connectingTo(PgConnectOptions.fromUri(db.reactiveUrl())
                    .setHost("127.0.0.1")
                    .setPort(proxy.port())
                    .setUser(db.user())
                    .setPassword(db.password()))
            .build());

    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile int seen;
    private volatile Runnable during = () -> {};
    private TableFollower follower = follower(NEVER, LONG);

    TableFollowerTest() {
        db.execute("create table thing (value int)");
        db.execute("insert into thing values (0)");
    }

    @AfterEach
    void stop() {
        follower.close();
        proxy.close();
        pool.closeAndAwait();
        db.close();
    }

    @Test
    void notificationCausesARead() {
        startAndListen();

        change(7);

        until(() -> seen == 7);
    }

    @Test
    void lostNotificationDelaysAReadByThePollInterval() {
        follower = follower(SOON, LONG);
        follower.start();

        db.execute("update thing set value = 3");

        until(() -> seen == 3);
    }

    @Test
    void connectionThatTheServerEndsIsReplaced() {
        startAndListen();
        String backend = listening().getFirst();

        assertThat(db.query("select pg_terminate_backend(" + backend + ")")).containsExactly("t");

        until(() -> listening().size() == 1 && !listening().contains(backend));
        change(8);
        until(() -> seen == 8);
    }

    @Test
    void changeDuringAConnectionOutageIsReadAfterwards() {
        startAndListen();

        proxy.refuse(true);
        proxy.cut();
        until(() -> follower.isAway());
        change(4);
        proxy.refuse(false);

        until(() -> seen == 4 && !follower.isAway());
        change(5);
        until(() -> seen == 5);
    }

    @Test
    void connectionLostDuringAReadIsReplaced() {
        follower = follower(SOON, SHORT);
        startAndListen();
        CountDownLatch cut = new CountDownLatch(1);
        during = () -> {
            if (cut.getCount() > 0) {
                proxy.cut();
                cut.countDown();
            }
        };

        until(() -> cut.getCount() == 0);

        change(6);
        until(() -> seen == 6 && !follower.isAway());
    }

    @Test
    void unresponsiveConnectionIsDetectedAndReplaced() {
        follower = follower(SOON, SHORT);
        startAndListen();

        proxy.silence(true);
        until(() -> follower.isAway());
        db.execute("update thing set value = 9");
        proxy.silence(false);

        until(() -> seen == 9 && !follower.isAway());
        assertOneListens();
    }

    @Test
    void unresponsiveServerDoesNotExhaustThePool() {
        follower = follower(SOON, SHORT);
        startAndListen();
        proxy.silence(true);
        until(() -> follower.isAway());
        int before = attempts.get();

        until(() -> attempts.get() > before + 2 * POOL);

        assertThat(proxy.accepted()).isLessThanOrEqualTo(POOL);
        proxy.silence(false);
        until(() -> !follower.isAway());
        assertOneListens();
        assertPoolIsWhole();
    }

    @Test
    void lateConnectionIsReturnedToThePool() {
        follower = follower(SOON, SHORT);
        List<SqlConnection> taken = IntStream.range(0, POOL)
                .mapToObj(i -> pool.getConnection().await().atMost(LONG))
                .toList();
        follower.start();
        until(() -> follower.isAway());

        taken.forEach(connection -> connection.close().await().atMost(LONG));

        until(() -> !follower.isAway());
        assertOneListens();
        assertPoolIsWhole();
    }

    @Test
    void listeningConnectionIsNotReturnedToThePool() {
        startAndListen();
        String backend = listening().getFirst();

        follower.close();

        // The server's list is updated shortly after the connection has ended.
        until(() -> db.query("select pid from pg_stat_activity where pid = " + backend)
                .isEmpty());
        for (int i = 0; i < POOL; i++) {
            assertThat(pool.query("select pg_listening_channels()")
                            .execute()
                            .await()
                            .atMost(LONG))
                    .isEmpty();
        }
    }

    @Test
    void failedReadKeepsTheConnectionAndIsRetried() {
        startAndListen();
        String backend = listening().getFirst();
        db.execute("alter table thing rename to thing_away");
        db.execute("notify thing_changed");
        until(() -> follower.isAway());

        db.execute("alter table thing_away rename to thing");

        until(() -> !follower.isAway());
        assertThat(listening()).containsExactly(backend);
    }

    @Test
    void readThatThrowsAnErrorCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new OutOfMemoryError("thrown by this test");
        });
    }

    @Test
    void readThatThrowsAnUnexpectedExceptionCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new ClassCastException("thrown by this test");
        });
    }

    /** A failure whose message can't be created either, as when memory is exhausted. */
    @Test
    void failureThatCannotBeLoggedCountsAsUnavailableAndIsRetried() {
        assertFailedReadIsRetried(() -> {
            throw new Error() {
                @Override
                public String getMessage() {
                    throw new OutOfMemoryError("thrown by this test");
                }
            };
        });
    }

    private void assertFailedReadIsRetried(Runnable failing) {
        startAndListen();
        String backend = listening().getFirst();
        during = failing;
        change(11);
        until(() -> follower.isAway());
        int before = attempts.get();
        until(() -> attempts.get() > before + 1);

        during = () -> {};

        until(() -> seen == 11 && !follower.isAway());
        assertThat(listening()).containsExactly(backend);
    }

    @Test
    void connectionClosedWhileTheServerIsUnresponsiveEndsWhenItAnswers() {
        follower = follower(SOON, SHORT);
        startAndListen();
        proxy.silence(true);

        follower.close();

        proxy.silence(false);
        until(() -> listening().isEmpty());
        assertPoolIsWhole();
    }

    @Test
    void databaseMessageIsLoggedAsOneLine() {
        startAndListen();
        try (LogRecords log = new LogRecords("io.mesosiam.postgres")) {
            during = () -> pool.query("do $$ begin raise exception E'not\\ttoday\\nforged line'; end $$")
                    .execute()
                    .await()
                    .atMost(LONG);
            change(12);
            until(() -> follower.isAway() && !log.lines().isEmpty());

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("table can't be followed", "not today")
                    .doesNotContain("forged", "\n", "\t");
        }
    }

    /** The server's message contains the user name. */
    @Test
    void messageOfARefusedConnectionIsOneLine() {
        Pool refused = new Pool(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(db.reactiveUrl())
                        .setUser("no\nforged line")
                        .setPassword("none"))
                .build());
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> ListeningConnection.take(refused, LONG, () -> {}))
                    .satisfies(e -> assertThat(e.getMessage())
                            .startsWith("no connection: ")
                            .contains("role \"no")
                            .doesNotContain("forged", "\n"));
        } finally {
            refused.closeAndAwait();
        }
    }

    @Test
    void channelIsAnIdentifier() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TableFollower.Settings("thing", "a; drop table thing", NEVER, LONG));
    }

    private TableFollower follower(Duration poll, Duration timeout) {
        return new TableFollower(
                pool, new TableFollower.Settings("thing", "thing_changed", poll, timeout), new Random(1), () -> {
                    attempts.incrementAndGet();
                    during.run();
                    seen = pool.query("select value from thing")
                            .execute()
                            .await()
                            .atMost(timeout)
                            .iterator()
                            .next()
                            .getInteger(0);
                    reads.incrementAndGet();
                });
    }

    private void startAndListen() {
        follower.start();
        until(() -> reads.get() > 0);
        until(() -> listening().size() == 1);
    }

    private void change(int value) {
        db.execute("update thing set value = " + value);
        db.execute("notify thing_changed");
    }

    /** Backends whose last statement is that of a listening connection. */
    private List<String> listening() {
        return db.query("""
                select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                    and query in ('listen thing_changed', 'select 1 as listening')""");
    }

    private void assertOneListens() {
        until(() -> listening().size() == 1);
    }

    /** All connections except the listening one are available at the same time. */
    private void assertPoolIsWhole() {
        until(() -> {
            try {
                var all = IntStream.range(0, POOL - 1)
                        .mapToObj(i -> pool.getConnection().await().atMost(LONG))
                        .toList();
                all.forEach(connection -> connection.close().await().atMost(LONG));
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        });
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            Thread.onSpinWait();
        }
    }
}
