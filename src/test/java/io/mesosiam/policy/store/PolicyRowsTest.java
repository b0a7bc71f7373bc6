package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.WriteFailure;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PolicyRowsTest {
    private static final List<String> ROW = List.of(
            "{\"id\": \"00000000-0000-0007-0000-000000000008\", \"version\": 1, \"namespace\": \"/\","
                    + " \"name\": \"all\", \"effect\": \"deny\", \"priority\": 0, \"enabled\": true, \"match_all\": true}");

    @Test
    void readingThatWaitsForATableGivesItsConnectionBack() throws Exception {
        try (TestDatabase db = TestPostgres.database();
                Connection other = db.connect();
                Statement lock = other.createStatement()) {
            PolicyRows rows = new PolicyRows(db.pool(), Optional.empty());
            other.setAutoCommit(false);
            lock.execute("lock table cluster in access exclusive mode");

            assertThat(catchThrowable(() -> rows.read(ROW)
                            .subscribeAsCompletionStage()
                            .get(TimeLimit.seconds(30).toSeconds(), TimeUnit.SECONDS)))
                    .rootCause()
                    .satisfies(failure -> assertThat(WriteFailure.of(failure)).isEqualTo(WriteFailure.LOCKED));

            other.rollback();
            assertThat(rows.read(ROW).await().atMost(TimeLimit.seconds(20))).hasSize(1);
        }
    }
}
