package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A table with one value on a real PostgreSQL behind a proxy, and a follower that reads it. */
final class FollowedTable implements AutoCloseable {
    static final Duration NEVER = Duration.ofHours(1);
    static final Duration SOON = Duration.ofMillis(50);
    static final Duration SHORT = Duration.ofMillis(500);
    static final Duration LONG = TimeLimit.seconds(20);
    static final int POOL = 4;

    final TestDatabase db = TestPostgres.emptyDatabase();
    final DatabaseProxy proxy = new DatabaseProxy(db.reactiveUrl());
    final Pool pool = new Pool(PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(POOL))
            .connectingTo(PgConnectOptions.fromUri(db.reactiveUrl())
                    .setHost("127.0.0.1")
                    .setPort(proxy.port())
                    .setUser(db.user())
                    .setPassword(db.password()))
            .build());

    final SessionPool sessions = new SessionPool(pool);

    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger reads = new AtomicInteger();
    private volatile int seen;
    private volatile Runnable during = () -> {};

    FollowedTable() {
        db.execute("create table thing (value int)");
        db.execute("insert into thing values (0)");
    }

    @Override
    public void close() {
        proxy.close();
        pool.closeAndAwait();
        db.close();
    }

    TableFollower follower(Duration poll, Duration timeout) {
        return new TableFollower(
                sessions, new TableFollower.Settings("thing", "thing_changed", poll, timeout), new Random(1), () -> {
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

    /** Starts the follower, and waits until it has read the table and listens. */
    void startAndListen(TableFollower follower) {
        follower.start();
        until(() -> reads.get() > 0);
        until(() -> listening().size() == 1);
    }

    /** Sets what each read does first. */
    void duringReads(Runnable action) {
        during = action;
    }

    /** The value that was last read. */
    int seen() {
        return seen;
    }

    /** Number of reads that were begun. */
    int attempts() {
        return attempts.get();
    }

    void change(int value) {
        db.execute("update thing set value = " + value);
        db.execute("notify thing_changed");
    }

    /** Backends whose last statement is that of a listening connection. */
    List<String> listening() {
        return db.query("""
                select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                    and query in ('listen thing_changed', 'select 1 as listening')""");
    }

    void assertOneListens() {
        until(() -> listening().size() == 1);
    }

    /** All connections except the listening one are available at the same time. */
    void assertPoolIsWhole() {
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

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
