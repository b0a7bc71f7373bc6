package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TokenNameTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String CI = "insert into api_token (name, hash, roles, expires_at) values ('ci', sha256('%s'),"
            + " '{viewer}', now() + interval '1 day')";

    @AfterAll
    static void close() {
        DB.close();
    }

    @Test
    void nameOfATokenThatIsRevokedAtTheSameTimeIsRefused() throws SQLException {
        DB.execute(CI.formatted("first"));
        try (Connection connection = DB.connect();
                Statement revoking = connection.createStatement()) {
            connection.setAutoCommit(false);
            revoking.execute("update api_token set revoked_at = now()");
            CompletableFuture<Void> second = CompletableFuture.runAsync(() -> insert(CI.formatted("second")));
            await().until(() -> DB.query(
                            "select exists (select from pg_stat_activity where datname = current_database()"
                                    + " and wait_event_type = 'Lock')")
                    .contains("t"));
            connection.commit();

            assertThatThrownBy(second::join).hasStackTraceContaining("a revoked token had the name ci");
        }
        assertThat(DB.query("select count(*) from api_token")).containsExactly("1");
    }

    private static void insert(String token) {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(token);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
