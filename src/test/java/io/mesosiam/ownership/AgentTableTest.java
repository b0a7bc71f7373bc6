package io.mesosiam.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.postgres.WriteFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
                public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                    thrown.ifPresent(AgentTableTest::rethrow);
                    return super.withTransaction(work);
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
            assertFailed(table.claim(HOST, "host1", "1.0", "ab", OptionalLong.empty(), () -> true), "Pool is closed");
        }
        thrown = Optional.of(new OutOfMemoryError("unable to create native thread"));
        for (int i = 0; i < MANY; i++) {
            assertFailed(
                    table.claimAgain(HOST, Set.of("host1"), "1.0", "ab", OptionalLong.empty(), () -> true),
                    "unable to create native thread");
        }

        thrown = Optional.empty();

        assertThat(table.claim(HOST, "host1", "1.0", "ab", OptionalLong.empty(), () -> true)
                        .await())
                .isInstanceOfSatisfying(ClaimAttempt.Result.Answered.class, answered -> assertThat(answered.claim())
                        .map(Claim::epoch)
                        .contains(1L));
    }

    @Test
    void claimThatFindsNoPermitInTimeIsNotSent() {
        AgentTable silent = new AgentTable(
                new Pool(DB.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                        return Uni.createFrom().nothing();
                    }
                },
                new ControllerId("controller-1"),
                Duration.ofMillis(1));

        List<ClaimAttempt> attempts = IntStream.range(0, MANY)
                .mapToObj(_ -> silent.claim(HOST, "host1", "1.0", "ab", OptionalLong.empty(), () -> true))
                .toList();

        assertThat(attempts.getFirst().await()).isInstanceOf(ClaimAttempt.Result.Late.class);
        assertThat(attempts.getLast().await()).isInstanceOf(ClaimAttempt.Result.NotSent.class);
    }

    @Test
    void claimWaitsForAPermitWhileTheDatabaseAnswersOthers() throws InterruptedException {
        Queue<Runnable> statements = new ConcurrentLinkedQueue<>();
        AgentTable slow = answeringOneByOne(statements);
        AtomicInteger answered = new AtomicInteger();
        List<Thread> claims = IntStream.range(0, MANY)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    if (slow.claim(new MesosAgentId("S" + i), "host" + i, "1.0", "ab", OptionalLong.empty(), () -> true)
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
    void endsOfManyStreamsWaitForEachOtherAndLeaveTheConnectionsToClaims() throws InterruptedException {
        Queue<Runnable> statements = new ConcurrentLinkedQueue<>();
        AgentTable slow = answeringOneByOne(statements);
        AtomicInteger recorded = new AtomicInteger();
        List<Thread> ends = IntStream.range(0, MANY)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    if (slow.release(new MesosAgentId("S" + i), 1, () -> true)
                            instanceof ClaimAttempt.Result.Answered) {
                        recorded.incrementAndGet();
                    }
                }))
                .toList();
        int most = 0;

        for (int i = 0; i < MANY; i++) {
            Awaitility.await().atMost(TimeLimit.seconds(10)).until(() -> !statements.isEmpty());
            most = Math.max(most, statements.size());
            statements.remove().run();
        }

        for (Thread end : ends) {
            end.join();
        }
        assertThat(recorded).hasValue(MANY);
        assertThat(most).isLessThanOrEqualTo(4);
    }

    @Test
    void endOfAStreamIsNotRecordedOnceItsHostHasComeBack() {
        MesosAgentId back = new MesosAgentId("S10");
        assertThat(claimed(table, back, OptionalLong.empty()).epoch()).isEqualTo(1);

        assertThat(table.release(back, 1, () -> false)).isInstanceOf(ClaimAttempt.Result.NotWanted.class);
        assertThat(DB.query("select state from agent where mesos_agent_id = 'S10'"))
                .containsExactly("connected");

        assertThat(table.release(back, 1, () -> true)).isInstanceOf(ClaimAttempt.Result.Answered.class);
        assertThat(DB.query("select state from agent where mesos_agent_id = 'S10'"))
                .containsExactly("disconnected");
    }

    @Test
    void hostOfAStreamThatHasEndedIsNotClaimed() {
        MesosAgentId left = new MesosAgentId("S9");

        assertThat(table.claim(left, "host9", "1.0", "ab", OptionalLong.empty(), () -> false)
                        .await())
                .isInstanceOf(ClaimAttempt.Result.NotWanted.class);

        assertThat(DB.query("select epoch from agent where mesos_agent_id = 'S9'"))
                .isEmpty();
    }

    /** Each claim that waits keeps a connection of the pool. */
    @Test
    void claimOfALockedRowIsGivenUp() throws Exception {
        AgentTable impatient =
                new AgentTable(DB.pool(), new ControllerId("c-1"), TimeLimit.seconds(5), Duration.ofMillis(50));
        MesosAgentId host = new MesosAgentId("locked");
        assertThat(claimed(impatient, host, OptionalLong.empty()).epoch()).isEqualTo(1);
        try (var connection = DB.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from agent where mesos_agent_id = 'locked' for update");

            for (ClaimAttempt attempt : List.of(
                    impatient.claim(host, "host1", "1.0", "ab", OptionalLong.empty(), () -> true),
                    impatient.claimAgain(host, Set.of("host1"), "1.0", "ab", OptionalLong.empty(), () -> true))) {
                assertThat(attempt.await())
                        .isInstanceOfSatisfying(ClaimAttempt.Result.Failed.class, failed -> assertThat(failed.failure())
                                .isEqualTo(WriteFailure.LOCKED));
            }
            assertThat(impatient.release(host, 1, () -> true))
                    .isInstanceOfSatisfying(ClaimAttempt.Result.Failed.class, failed -> assertThat(failed.failure())
                            .isEqualTo(WriteFailure.LOCKED));
        }
        assertThat(claimed(impatient, host, OptionalLong.empty()).epoch()).isEqualTo(2);
    }

    /** PostgreSQL locks a statement's tables before it runs the statement. */
    @Test
    void claimOfALockedTableIsGivenUp() throws Exception {
        AgentTable impatient =
                new AgentTable(DB.pool(), new ControllerId("c-1"), TimeLimit.seconds(5), Duration.ofMillis(50));
        try (var connection = DB.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table agent in access exclusive mode");

            assertThat(impatient
                            .claim(new MesosAgentId("any"), "host1", "1.0", "ab", OptionalLong.empty(), () -> true)
                            .await())
                    .isInstanceOfSatisfying(ClaimAttempt.Result.Failed.class, failed -> assertThat(failed.failure())
                            .isEqualTo(WriteFailure.LOCKED));
        }
    }

    /** A failover lost the claim of another controller, under which the agent was served. */
    @Test
    void epochOfALostClaimIsNotUsedAgain() {
        MesosAgentId host = new MesosAgentId("lost");
        assertThat(claimed(table, host, OptionalLong.empty())).isEqualTo(new Claim(1, false, false, true));
        assertThat(claimed(table, host, OptionalLong.of(1))).isEqualTo(new Claim(2, false, false, true));

        assertThat(claimed(table, host, OptionalLong.of(3))).isEqualTo(new Claim(4, false, false, false));
        assertThat(table.claimAgain(host, Set.of("host1"), "1.0", "ab", OptionalLong.of(5), () -> true)
                        .await())
                .isEqualTo(new ClaimAttempt.Result.Answered(Optional.of(new Claim(6, false, false, false))));
        assertThat(claimed(table, host, OptionalLong.of(5))).isEqualTo(new Claim(7, false, false, true));
        assertThat(claimed(table, new MesosAgentId("lost-row"), OptionalLong.of(8)))
                .isEqualTo(new Claim(9, false, false, false));
    }

    @Test
    void numberThatIsNoEpochIsNotUsed() {
        MesosAgentId host = new MesosAgentId("false");
        assertThat(claimed(table, host, OptionalLong.of(Long.MAX_VALUE))).isEqualTo(new Claim(1, false, false, false));
        assertThat(claimed(table, host, OptionalLong.of(1002))).isEqualTo(new Claim(2, false, false, false));
    }

    /** After a failover the database's clock can be behind. */
    @Test
    void connectsAndDisconnectsAreInTheirOrderWhateverTheClock() {
        MesosAgentId host = new MesosAgentId("clock");
        assertThat(claimed(table, host, OptionalLong.empty()).epoch()).isEqualTo(1);
        DB.execute("update agent set disconnected_at = now() + interval '10 seconds' where mesos_agent_id = 'clock'");
        assertThat(isConnected()).isEqualTo("f");

        assertThat(claimed(table, host, OptionalLong.of(1)).epoch()).isEqualTo(2);
        assertThat(isConnected()).isEqualTo("t");

        assertThat(table.release(host, 2, () -> true)).isInstanceOf(ClaimAttempt.Result.Answered.class);
        assertThat(isConnected()).isEqualTo("f");

        assertThat(table.claimAgain(host, Set.of("host1"), "1.0", "ab", OptionalLong.of(2), () -> true)
                        .await())
                .isInstanceOf(ClaimAttempt.Result.Answered.class);
        assertThat(isConnected()).isEqualTo("t");
    }

    private static String isConnected() {
        return DB.query("select " + AgentTable.IS_CONNECTED + " from agent where mesos_agent_id = 'clock'")
                .getFirst();
    }

    private static Claim claimed(AgentTable table, MesosAgentId host, OptionalLong servedUnder) {
        return table.claim(host, "host1", "1.0", "ab", servedUnder, () -> true).await()
                        instanceof ClaimAttempt.Result.Answered answered
                ? answered.claim().orElseThrow()
                : fail("the claim is not answered");
    }

    /** The database answers each statement once the test has run it. */
    private static AgentTable answeringOneByOne(Queue<Runnable> statements) {
        return new AgentTable(
                new Pool(DB.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                        return Uni.createFrom()
                                .<Boolean>emitter(sent -> statements.add(() -> sent.complete(true)))
                                .chain(() -> super.withTransaction(work));
                    }
                },
                new ControllerId("controller-1"),
                TimeLimit.seconds(1));
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
