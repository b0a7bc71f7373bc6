package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class EndedInstanceTest {
    private static final TestDatabase DB = TestPostgres.database();

    @AfterAll
    static void close() {
        DB.close();
    }

    @Test
    void machineThatEnrolsByAJoinTokenWhileTheFormerInstanceIsTerminatedIsNotEvicted() throws Exception {
        DB.execute("insert into host (hostname) values ('web-1.example')");
        DB.execute("insert into ec2_instance (account, region, instance_id, hostname, launched_at, addresses)"
                + " values ('111122223333', 'eu-central-1', 'i-0123456789abcdef0', 'web-1.example', now(), '{}')");
        try (Connection enrolling = DB.connect();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            enrolling.setAutoCommit(false);
            execute(
                    enrolling,
                    "insert into host_certificate (serial, hostname, public_key_hash, issuer, proof, join_token_id, expires_at)"
                            + " values ('ab', 'web-1.example', sha256('key'), sha256('issuer'), 'join-token', gen_random_uuid(),"
                            + " now() + interval '1 day')");
            Future<?> termination = threads.submit(() -> {
                try (Connection polling = DB.connect()) {
                    execute(polling, "update ec2_instance set terminated_at = now()");
                }
                return null;
            });
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> DB.query(
                            "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                    .contains("1"));

            enrolling.commit();

            termination.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(DB.query("select count(*) from host where evicted_at is not null"))
                .containsExactly("0");
        assertThat(DB.query("select count(*) from host_certificate where evicted_at is not null"))
                .containsExactly("0");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
