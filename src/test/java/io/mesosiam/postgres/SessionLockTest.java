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
    void oneOfTwoHasTheNameUntilItGivesItFree() {
        try (SessionLock second = lock("a")) {
            try (SessionLock first = lock("a")) {
                assertThat(first.look()).isEqualTo(State.OURS);
                assertThat(second.look()).isEqualTo(State.ANOTHERS);
                assertThat(first.look()).isEqualTo(State.OURS);
                assertThat(second.look()).isEqualTo(State.ANOTHERS);
            }
            assertThat(second.look()).isEqualTo(State.OURS);
        }
    }

    @Test
    void differentNamesDoNotExcludeEachOther() {
        try (SessionLock one = lock("one");
                SessionLock other = lock("other")) {
            assertThat(one.look()).isEqualTo(State.OURS);
            assertThat(other.look()).isEqualTo(State.OURS);
        }
    }

    @Test
    void connectionThatEndsGivesTheNameFreeAndIsReplaced() {
        try (SessionLock first = lock("b");
                SessionLock second = lock("b")) {
            assertThat(first.look()).isEqualTo(State.OURS);

            DB.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'"
                    + " and database = (select oid from pg_database where datname = current_database())");

            assertThat(second.look()).isEqualTo(State.OURS);
            // the first look may find that its connection has ended
            State afterwards = first.look();
            assertThat(afterwards == State.UNKNOWN ? first.look() : afterwards).isEqualTo(State.ANOTHERS);
        }
    }

    @Test
    void connectionThatWasLostInSilenceIsNotAnothers() {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = pool(proxy);
            try (SessionLock lock = new SessionLock(pool, "silent", SHORT)) {
                assertThat(lock.look()).isEqualTo(State.OURS);
                proxy.freeze();

                List<State> seen = new ArrayList<>();
                await().atMost(TimeLimit.seconds(20)).until(() -> {
                    seen.add(lock.look());
                    return seen.getLast() == State.OURS;
                });

                assertThat(seen).contains(State.UNKNOWN).doesNotContain(State.ANOTHERS);
            } finally {
                pool.closeAndForget();
            }
        }
    }

    @Test
    void nameThatAnotherTookFromALostConnectionIsAnothers() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = pool(proxy);
            try (SessionLock lock = new SessionLock(pool, "taken", SHORT);
                    Connection other = DB.connect();
                    Statement statement = other.createStatement()) {
                assertThat(lock.look()).isEqualTo(State.OURS);
                // waits in the queue of the lock until the lost connection is ended
                Future<Boolean> taking = THREADS.submit(
                        () -> statement.execute("select pg_advisory_lock(hashtextextended('taken', 0))"));
                await().atMost(TimeLimit.seconds(10))
                        .until(() -> DB.query("select pid from pg_locks where not granted")
                                        .size()
                                == 1);
                proxy.freeze();

                await().atMost(TimeLimit.seconds(20)).until(() -> lock.look() == State.ANOTHERS);

                taking.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
                assertThat(lock.look()).isEqualTo(State.ANOTHERS);
            } finally {
                pool.closeAndForget();
            }
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
        return new SessionLock(DB.pool(), name, TimeLimit.seconds(10));
    }
}
