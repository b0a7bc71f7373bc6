package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.SessionLock.State;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class SessionLockTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Duration SHORT = TimeLimit.seconds(1);
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    @AfterAll
    static void drop() {
        THREADS.shutdownNow();
        DB.close();
    }

    @Test
    void oneOfTwoHoldsTheLockUntilItReleasesIt() {
        try (SessionLock second = lock("a")) {
            try (SessionLock first = lock("a")) {
                assertThat(first.tryAcquire()).isEqualTo(State.OURS);
                assertThat(second.tryAcquire()).isEqualTo(State.ANOTHERS);
                assertThat(first.tryAcquire()).isEqualTo(State.OURS);
                assertThat(second.tryAcquire()).isEqualTo(State.ANOTHERS);
            }
            assertThat(second.tryAcquire()).isEqualTo(State.OURS);
        }
    }

    @Test
    void differentNamesDoNotExcludeEachOther() {
        try (SessionLock one = lock("one");
                SessionLock other = lock("other")) {
            assertThat(one.tryAcquire()).isEqualTo(State.OURS);
            assertThat(other.tryAcquire()).isEqualTo(State.OURS);
        }
    }

    @Test
    void endedConnectionReleasesTheLockAndIsReplaced() {
        try (SessionLock first = lock("b");
                SessionLock second = lock("b")) {
            assertThat(first.tryAcquire()).isEqualTo(State.OURS);

            DB.execute("select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'"
                    + " and database = (select oid from pg_database where datname = current_database())");

            assertThat(second.tryAcquire()).isEqualTo(State.OURS);
            // The first call may find that its connection has ended.
            State afterwards = first.tryAcquire();
            assertThat(afterwards == State.UNKNOWN ? first.tryAcquire() : afterwards)
                    .isEqualTo(State.ANOTHERS);
        }
    }

    @Test
    void lockOfALostConnectionIsNotTakenForAnothers() {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = pool(proxy);
            try (SessionLock lock = new SessionLock(new SessionPool(pool), "silent", SHORT)) {
                assertThat(lock.tryAcquire()).isEqualTo(State.OURS);
                proxy.freeze();

                List<State> seen = new ArrayList<>();
                await().atMost(TimeLimit.seconds(20)).until(() -> {
                    seen.add(lock.tryAcquire());
                    return seen.getLast() == State.OURS;
                });

                assertThat(seen).contains(State.UNKNOWN).doesNotContain(State.ANOTHERS);
            } finally {
                pool.closeAndForget();
            }
        }
    }

    @Test
    void lockThatAnotherTookFromALostConnectionIsAnothers() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = pool(proxy);
            try (SessionLock lock = new SessionLock(new SessionPool(pool), "taken", SHORT);
                    Connection other = DB.connect();
                    Statement statement = other.createStatement()) {
                assertThat(lock.tryAcquire()).isEqualTo(State.OURS);
                // Waits in the lock's queue until the lost connection has been terminated.
                Future<Boolean> taking = THREADS.submit(
                        () -> statement.execute("select pg_advisory_lock(hashtextextended('taken', 0))"));
                await().atMost(TimeLimit.seconds(10))
                        .until(() -> DB.query("select pid from pg_locks where not granted")
                                        .size()
                                == 1);
                proxy.freeze();

                await().atMost(TimeLimit.seconds(20)).until(() -> lock.tryAcquire() == State.ANOTHERS);

                taking.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
                assertThat(lock.tryAcquire()).isEqualTo(State.ANOTHERS);
            } finally {
                pool.closeAndForget();
            }
        }
    }

    @Test
    void processesThatShareAnotherLockCountEachOther() {
        try (SessionLock one = lock("of-one");
                SessionLock two = lock("of-two")) {
            one.share("all");
            assertThat(one.others("all")).hasValue(0);
            two.share("all");
            assertThat(one.others("all")).hasValue(1);
            assertThat(two.others("all")).hasValue(1);

            two.shareNoMore();
            assertThat(one.others("all")).hasValue(0);
            assertThat(two.others("all"))
                    .as("seen by a process that no longer shares it")
                    .hasValue(1);
            assertThat(two.tryAcquire()).isEqualTo(State.OURS);
        }
    }

    @Test
    void sharedLockIsTakenAgainAfterTheConnectionHasEnded() {
        try (SessionLock one = lock("ends-one");
                SessionLock two = lock("ends-two")) {
            one.share("rest");
            two.share("rest");

            DB.execute("select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'"
                    + " and database = (select oid from pg_database where datname = current_database())");

            await().atMost(TimeLimit.seconds(10)).until(() -> one.tryAcquire() == State.OURS);
            await().atMost(TimeLimit.seconds(10)).until(() -> two.tryAcquire() == State.OURS);
            await().atMost(TimeLimit.seconds(10)).until(() -> one.others("rest").equals(OptionalLong.of(1)));
        }
    }

    private static Pool pool(DatabaseProxy proxy) {
        return new Pool(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(DB.reactiveUrl())
                        .setPort(proxy.port())
                        .setUser(DB.user())
                        .setPassword(DB.password()))
                .with(new PoolOptions().setMaxSize(4))
                .build());
    }

    private static SessionLock lock(String name) {
        return new SessionLock(new SessionPool(DB.pool()), name, TimeLimit.seconds(10));
    }
}
