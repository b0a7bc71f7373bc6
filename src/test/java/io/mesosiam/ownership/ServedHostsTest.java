package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.groups.UniAwait;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class ServedHostsTest {
    @Test
    void hostIsConnectedWhileItsControllerRunsAndItsStreamHasNotEnded() {
        try (TestDatabase db = TestPostgres.database();
                SessionLock running = new SessionLock(
                        new SessionPool(db.pool()), "mesos-iam controller runs", TimeLimit.seconds(10))) {
            assertThat(running.tryAcquire()).isEqualTo(SessionLock.State.OURS);
            db.execute("""
                    insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at, disconnected_at) values
                    ('connected', 'h1', 1, 'runs', 'connected', '2026-01-02T00:00:00Z', null),
                    ('again', 'h2', 2, 'runs', 'connected', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'),
                    ('ended', 'h3', 3, 'runs', 'disconnected', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
                    ('drained', 'h4', 4, 'runs', 'draining', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'),
                    ('killed', 'h5', 5, 'was killed', 'connected', '2026-01-02T00:00:00Z', null)""");

            ServedHosts served = ServedHosts.read(db.pool()).await().atMost(TimeLimit.seconds(10));

            assertThat(served.connected())
                    .containsExactlyInAnyOrder(new MesosAgentId("connected"), new MesosAgentId("again"));
        }
    }

    /** Each scrape reads the table: a read that waited without end would keep a connection of the pool. */
    @Test
    void readOfALockedTableEnds() throws SQLException {
        try (TestDatabase db = TestPostgres.database();
                Connection other = db.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table agent in access exclusive mode");

            UniAwait<ServedHosts> read = ServedHosts.read(db.pool()).await();

            assertThatThrownBy(() -> read.atMost(TimeLimit.seconds(20)))
                    .isNotInstanceOf(TimeoutException.class)
                    .hasMessageContaining("statement timeout");
        }
    }
}
