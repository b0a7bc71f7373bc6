package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.SessionPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ControllerIdLockTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final List<Integer> exits = new CopyOnWriteArrayList<>();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void onlyASecondControllerWithTheSameIdIsRefused() {
        try (ControllerIdLock first = lock("a", Duration.ZERO);
                ControllerIdLock second = lock("a", Duration.ofMillis(100));
                ControllerIdLock other = lock("b", Duration.ZERO)) {
            first.take();
            other.take();

            assertThatThrownBy(second::take)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("mesos-iam.channel.controller-id is a,")
                    .hasMessageNotContaining("\n");
        }
        assertThat(exits).isEmpty();
    }

    @Test
    void restartedControllerWaitsForItsPredecessor() {
        ControllerIdLock first = lock("c", Duration.ZERO);
        first.take();
        try (ControllerIdLock second = lock("c", TimeLimit.seconds(20))) {
            Thread.ofVirtual().start(first::close);

            second.take();
        }
        assertThat(exits).isEmpty();
    }

    @Test
    void controllerWhoseIdIsTakenWhileItWasDisconnectedStops() throws Exception {
        try (ControllerIdLock first = lock("d", Duration.ZERO);
                Connection other = DB.connect();
                Statement statement = other.createStatement()) {
            first.take();
            // waits in the queue of the lock, and gets it when the session of the first one has ended
            Thread taking = Thread.ofVirtual().start(() -> {
                try {
                    statement.execute("select pg_advisory_lock(hashtextextended('mesos-iam controller d', 0))");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().atMost(TimeLimit.seconds(10))
                    .until(() -> DB.query("select pid from pg_locks where not granted")
                                    .size()
                            == 1);
            DB.execute("select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory' and granted"
                    + " and database = (select oid from pg_database where datname = current_database())");

            await().atMost(TimeLimit.seconds(20)).until(() -> exits.equals(List.of(1)));
            taking.join();
        }
    }

    private ControllerIdLock lock(String id, Duration startLimit) {
        return new ControllerIdLock(new SessionPool(DB.pool()), id, exits::add, startLimit, TimeLimit.seconds(1));
    }
}
