package io.mesosiam.postgres;

import static io.mesosiam.postgres.FollowedTable.LONG;
import static io.mesosiam.postgres.FollowedTable.NEVER;
import static io.mesosiam.postgres.FollowedTable.POOL;
import static io.mesosiam.postgres.FollowedTable.SHORT;
import static io.mesosiam.postgres.FollowedTable.SOON;
import static io.mesosiam.postgres.FollowedTable.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A follower on a real PostgreSQL whose connections are lost in every phase. */
class LostConnectionTest {
    private final FollowedTable table = new FollowedTable();
    private TableFollower follower = table.follower(NEVER, LONG);

    @AfterEach
    void stop() {
        follower.close();
        table.close();
    }

    @Test
    void connectionThatTheServerEndsIsReplaced() {
        table.startAndListen(follower);
        String backend = table.listening().getFirst();

        assertThat(table.db.query("select pg_terminate_backend(" + backend + ")"))
                .containsExactly("t");

        until(() -> table.listening().size() == 1 && !table.listening().contains(backend));
        table.change(8);
        until(() -> table.seen() == 8);
    }

    @Test
    void changeDuringAConnectionOutageIsReadAfterwards() {
        table.startAndListen(follower);

        table.proxy.refuse(true);
        table.proxy.cut();
        until(() -> follower.isAway());
        table.change(4);
        table.proxy.refuse(false);

        until(() -> table.seen() == 4 && !follower.isAway());
        table.change(5);
        until(() -> table.seen() == 5);
    }

    @Test
    void connectionLostDuringAReadIsReplaced() {
        follower = table.follower(SOON, SHORT);
        table.startAndListen(follower);
        CountDownLatch cut = new CountDownLatch(1);
        table.duringReads(() -> {
            if (cut.getCount() > 0) {
                table.proxy.cut();
                cut.countDown();
            }
        });

        until(() -> cut.getCount() == 0);

        table.change(6);
        until(() -> table.seen() == 6 && !follower.isAway());
    }

    @Test
    void unresponsiveConnectionIsDetectedAndReplaced() {
        follower = table.follower(SOON, SHORT);
        table.startAndListen(follower);

        table.proxy.silence(true);
        until(() -> follower.isAway());
        table.db.execute("update thing set value = 9");
        table.proxy.silence(false);

        until(() -> table.seen() == 9 && !follower.isAway());
        table.assertOneListens();
    }

    @Test
    void unresponsiveServerDoesNotExhaustThePool() {
        follower = table.follower(SOON, SHORT);
        table.startAndListen(follower);
        table.proxy.silence(true);
        until(() -> follower.isAway());
        int before = table.attempts();

        until(() -> table.attempts() > before + 2 * POOL);

        assertThat(table.proxy.accepted()).isLessThanOrEqualTo(POOL);
        table.proxy.silence(false);
        until(() -> !follower.isAway());
        table.assertOneListens();
        table.assertPoolIsWhole();
    }

    @Test
    void lateConnectionIsReturnedToThePool() {
        follower = table.follower(SOON, SHORT);
        List<SqlConnection> taken = IntStream.range(0, POOL)
                .mapToObj(i -> table.pool.getConnection().await().atMost(LONG))
                .toList();
        follower.start();
        until(() -> follower.isAway());

        taken.forEach(connection -> connection.close().await().atMost(LONG));

        until(() -> !follower.isAway());
        table.assertOneListens();
        table.assertPoolIsWhole();
    }

    @Test
    void listeningConnectionIsNotReturnedToThePool() {
        table.startAndListen(follower);
        String backend = table.listening().getFirst();

        follower.close();

        // The server's list is updated shortly after the connection has ended.
        until(() -> table.db
                .query("select pid from pg_stat_activity where pid = " + backend)
                .isEmpty());
        for (int i = 0; i < POOL; i++) {
            assertThat(table.pool
                            .query("select pg_listening_channels()")
                            .execute()
                            .await()
                            .atMost(LONG))
                    .isEmpty();
        }
    }

    @Test
    void connectionClosedWhileTheServerIsUnresponsiveEndsWhenItAnswers() {
        follower = table.follower(SOON, SHORT);
        table.startAndListen(follower);
        table.proxy.silence(true);

        follower.close();

        table.proxy.silence(false);
        until(() -> table.listening().isEmpty());
        table.assertPoolIsWhole();
    }

    /** The server's message contains the user name. */
    @Test
    void messageOfARefusedConnectionIsOneLine() {
        Pool refused = new Pool(PgBuilder.pool()
                .connectingTo(PgConnectOptions.fromUri(table.db.reactiveUrl())
                        .setUser("no\nforged line")
                        .setPassword("none"))
                .build());
        try {
            assertThatIllegalStateException()
                    .isThrownBy(() -> ListeningConnection.take(new SessionPool(refused), LONG, () -> {}))
                    .satisfies(e -> assertThat(e.getMessage())
                            .startsWith("no connection: ")
                            .contains("role \"no")
                            .doesNotContain("forged", "\n"));
        } finally {
            refused.closeAndAwait();
        }
    }
}
