package io.mesosiam.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A database that becomes unavailable and recovers. */
class OneStatementTest {
    private static final int CONNECTION_LIMIT_MILLIS = 2000;

    private final Vertx vertx = Vertx.vertx();
    private final TestDatabase db = TestPostgres.emptyDatabase();
    private final DatabaseProxy proxy = new DatabaseProxy(db.reactiveUrl());
    private final Pool pool = new Pool(PgBuilder.pool()
            .with(new PoolOptions()
                    .setMaxSize(2)
                    .setConnectionTimeout(CONNECTION_LIMIT_MILLIS)
                    .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
            .connectingTo(PgConnectOptions.fromUri(db.reactiveUrl())
                    .setHost("127.0.0.1")
                    .setPort(proxy.port())
                    .setUser(db.user())
                    .setPassword(db.password()))
            .using(vertx)
            .build());

    @AfterEach
    void stop() {
        proxy.close();
        pool.closeAndAwait();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        db.close();
    }

    @Test
    void unavailableDatabaseFailsStatementsWithoutALoggedStackTrace() throws Exception {
        assertThat(one()).isEqualTo(1);
        try (LogRecords log = new LogRecords("")) {
            proxy.refuse(true);
            proxy.cut();

            for (int i = 0; i < 5; i++) {
                assertThat(catchThrowable(this::one)).isNotNull();
                assertThat(catchThrowable(
                                () -> OneStatement.run(pool, "select 1").await().atMost(TimeLimit.seconds(10))))
                        .isNotNull();
            }
            afterLimit();

            assertThat(log.throwables()).isEmpty();
        }
        proxy.refuse(false);
        assertThat(one()).isEqualTo(1);
    }

    @Test
    void statementThatWaitsForATableGivesItsConnectionBack() throws Exception {
        db.execute("create table thing (value int)");
        try (Connection other = db.connect();
                Statement lock = other.createStatement()) {
            other.setAutoCommit(false);
            lock.execute("lock table thing in access exclusive mode");

            var all = List.of(
                    OneStatement.run(pool, "select value from thing").subscribeAsCompletionStage(),
                    OneStatement.run(pool, "select value from thing where value > $1", Tuple.of(1))
                            .subscribeAsCompletionStage());
            for (var answer : all) {
                assertThat(catchThrowable(() -> answer.get(TimeLimit.seconds(30).toSeconds(), TimeUnit.SECONDS)))
                        .rootCause()
                        .satisfies(
                                failure -> assertThat(WriteFailure.of(failure)).isEqualTo(WriteFailure.LOCKED))
                        .satisfies(failure -> assertThat(NoAnswer.is(failure)).isTrue());
            }
            // the pool has two connections
            assertThat(one()).isEqualTo(1);
        }
        assertThat(OneStatement.run(pool, "insert into thing values (3) returning value")
                        .await()
                        .atMost(TimeLimit.seconds(10))
                        .iterator()
                        .next()
                        .getInteger(0))
                .isEqualTo(3);
        assertThat(db.query("select value from thing")).containsExactly("3");
    }

    private int one() {
        return OneStatement.run(pool, "select $1::int", Tuple.of(1))
                .await()
                .atMost(TimeLimit.seconds(10))
                .iterator()
                .next()
                .getInteger(0);
    }

    /** Waits until the timers that were set earlier for the connection timeout have run. */
    private void afterLimit() throws Exception {
        CompletableFuture<Void> elapsed = new CompletableFuture<>();
        vertx.setTimer(2 * CONNECTION_LIMIT_MILLIS, _ -> elapsed.complete(null));
        elapsed.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS);
    }
}
