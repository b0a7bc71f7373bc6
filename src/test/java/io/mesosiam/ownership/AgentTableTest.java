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
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Claims for which the database client throws before sending, and claims that wait for others. */
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
            assertFailed(table.claim(HOST, "host1", "1.0", "ab", () -> true), "Pool is closed");
        }
        thrown = Optional.of(new OutOfMemoryError("unable to create native thread"));
        for (int i = 0; i < MANY; i++) {
            assertFailed(
                    table.claimAgain(HOST, Set.of("host1"), "1.0", "ab", () -> true), "unable to create native thread");
        }

        thrown = Optional.empty();

        assertThat(table.claim(HOST, "host1", "1.0", "ab", () -> true).await())
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
                .mapToObj(_ -> silent.claim(HOST, "host1", "1.0", "ab", () -> true))
                .toList();

        assertThat(attempts.getFirst().await()).isInstanceOf(ClaimAttempt.Result.Late.class);
        assertThat(attempts.getLast().await()).isInstanceOf(ClaimAttempt.Result.NotSent.class);
    }

    @Test
    void claimWaitsForAPermitWhileTheDatabaseAnswersOthers() throws InterruptedException {
        Queue<Runnable> statements = new ConcurrentLinkedQueue<>();
        AgentTable slow = new AgentTable(
                new Pool(DB.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withConnection(Function<SqlConnection, Uni<T>> work) {
                        return Uni.createFrom()
                                .<Boolean>emitter(sent -> statements.add(() -> sent.complete(true)))
                                .chain(() -> super.withConnection(work));
                    }
                },
                new ControllerId("controller-1"),
                TimeLimit.seconds(1));
        AtomicInteger answered = new AtomicInteger();
        List<Thread> claims = IntStream.range(0, MANY)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    if (slow.claim(new MesosAgentId("S" + i), "host" + i, "1.0", "ab", () -> true)
                                    .await()
                            instanceof ClaimAttempt.Result.Answered) {
                        answered.incrementAndGet();
                    }
                }))
                .toList();

        for (int i = 0; i < MANY; i++) {
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> !statements.isEmpty());
            statements.remove().run();
        }

        for (Thread claim : claims) {
            claim.join();
        }
        assertThat(answered).hasValue(MANY);
    }

    @Test
    void hostOfAStreamThatHasEndedIsNotClaimed() {
        MesosAgentId left = new MesosAgentId("S9");

        assertThat(table.claim(left, "host9", "1.0", "ab", () -> false).await())
                .isInstanceOf(ClaimAttempt.Result.NotWanted.class);

        assertThat(DB.query("select epoch from agent where mesos_agent_id = 'S9'"))
                .isEmpty();
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
