package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Claims for which the database client throws before sending. */
class AgentTableTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final MesosAgentId HOST = new MesosAgentId("S1");

    /** More than the limit of concurrent claims. */
    private static final int MANY = 40;

    private Optional<Throwable> thrown = Optional.empty();

    private final AgentTable table = new AgentTable(
            new Pool(DB.pool().getDelegate()) {
                @Override
                public <T> Uni<T> withConnection(Function<SqlConnection, Uni<T>> work) {
                    thrown.ifPresent(AgentTableTest::rethrow);
                    return super.withConnection(work);
                }
            },
            new ControllerId("controller-1"),
            TimeLimit.seconds(5));

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void claimsForWhichTheClientThrowsFailAndReleaseTheirPermits() {
        thrown = Optional.of(new IllegalStateException("Pool is closed"));
        for (int i = 0; i < MANY; i++) {
            assertFailed(table.claim(HOST, "host1", "1.0", "ab"), "Pool is closed");
        }
        thrown = Optional.of(new OutOfMemoryError("unable to create native thread"));
        for (int i = 0; i < MANY; i++) {
            assertFailed(table.claimAgain(HOST, Set.of("host1"), "1.0", "ab"), "unable to create native thread");
        }

        thrown = Optional.empty();

        assertThat(table.claim(HOST, "host1", "1.0", "ab").await())
                .isInstanceOfSatisfying(ClaimAttempt.Result.Answered.class, answered -> assertThat(answered.claim())
                        .map(Claim::epoch)
                        .contains(1L));
    }

    @Test
    void claimThatFindsNoPermitInTimeIsNotSent() {
        AgentTable silent = new AgentTable(
                new Pool(DB.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withConnection(Function<SqlConnection, Uni<T>> work) {
                        return Uni.createFrom().nothing();
                    }
                },
                new ControllerId("controller-1"),
                Duration.ofMillis(1));

        List<ClaimAttempt> attempts = IntStream.range(0, MANY)
                .mapToObj(_ -> silent.claim(HOST, "host1", "1.0", "ab"))
                .toList();

        assertThat(attempts.getFirst().await()).isInstanceOf(ClaimAttempt.Result.Late.class);
        assertThat(attempts.getLast().await()).isInstanceOf(ClaimAttempt.Result.NotSent.class);
    }

    private static void assertFailed(ClaimAttempt attempt, String message) {
        assertThat(attempt.await())
                .isInstanceOfSatisfying(ClaimAttempt.Result.Failed.class, failed -> assertThat(failed.reason())
                        .isEqualTo(message));
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }
}
