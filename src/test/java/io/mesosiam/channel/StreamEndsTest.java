package io.mesosiam.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.AgentTable;
import io.mesosiam.ownership.ClaimAttempt.Result;
import io.mesosiam.ownership.ControllerId;
import io.mesosiam.postgres.WriteFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ends of streams while the database answers, and while it doesn't. */
class StreamEndsTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final MesosAgentId HOST = new MesosAgentId("S1");
    private static final MesosAgentId OTHER = new MesosAgentId("S2");

    private final Set<MesosAgentId> served = new HashSet<>();
    private final AgentTable claims = new AgentTable(DB.pool(), new ControllerId("c-1"), TimeLimit.seconds(5));
    private boolean away;

    /** How many statements fail first. */
    private int unanswered;

    /** How many statements go first while the database is away, or makes the others wait. */
    private int first;

    /** Until when the others wait. */
    private Optional<CompletableFuture<Void>> hold = Optional.empty();

    private final Semaphore waiting = new Semaphore(0);

    private final StreamEnds ends = new StreamEnds(
            new AgentTable(
                    new Pool(DB.pool().getDelegate()) {
                        @Override
                        public <T> Uni<T> withConnection(Function<SqlConnection, Uni<T>> work) {
                            return answer(() -> super.withConnection(work));
                        }

                        @Override
                        public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                            return answer(() -> super.withTransaction(work));
                        }
                    },
                    new ControllerId("c-1"),
                    TimeLimit.seconds(5)),
            served::contains);

    private <T> Uni<T> answer(Supplier<Uni<T>> statement) {
        if (unanswered-- > 0) {
            return Uni.createFrom().failure(new IllegalStateException("connection refused"));
        }
        if (first-- > 0) {
            return statement.get();
        }
        if (hold.isPresent()) {
            waiting.release();
            return Uni.createFrom().completionStage(hold.get()).chain(_ -> statement.get());
        }
        return away ? Uni.createFrom().failure(new IllegalStateException("connection refused")) : statement.get();
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @BeforeEach
    void claim() {
        DB.execute("delete from agent");
        for (MesosAgentId host : Set.of(HOST, OTHER)) {
            assertThat(claims.claim(host, "host", "1.0", "ab", OptionalLong.empty(), () -> true)
                            .await())
                    .isInstanceOf(Result.Answered.class);
        }
    }

    @Test
    void hostWithoutAStreamIsDisconnected() {
        assertThat(ends.record(HOST, 1)).isInstanceOf(Result.Answered.class);

        assertThat(states()).containsExactly("S1 disconnected", "S2 connected");
    }

    @Test
    void endThatIsNotRecordedWhileTheDatabaseIsAwayIsRecordedLater() {
        away = true;
        assertThat(ends.record(HOST, 1))
                .isInstanceOfSatisfying(Result.Failed.class, failed -> assertThat(failed.failure())
                        .isEqualTo(WriteFailure.AWAY));
        ends.again();
        assertThat(states()).containsExactly("S1 connected", "S2 connected");

        away = false;
        ends.again();

        assertThat(states()).containsExactly("S1 disconnected", "S2 connected");
    }

    @Test
    void endIsNotRecordedLaterForAHostThatHasComeBack() {
        away = true;
        assertThat(ends.record(HOST, 1)).isInstanceOf(Result.Failed.class);
        served.add(HOST);
        away = false;
        ends.again();
        served.remove(HOST);
        ends.again();

        assertThat(states()).containsExactly("S1 connected", "S2 connected");
    }

    @Test
    void streamsOfAnEarlierProcessHaveEndedWithIt() {
        DB.execute("update agent set controller_id = 'c-2' where mesos_agent_id = 'S2'");

        assertThat(ends.recordFormer()).isEmpty();

        assertThat(states()).containsExactly("S1 disconnected", "S2 connected");
    }

    @Test
    void streamsOfAnEarlierProcessHaveEndedAlsoIfTheDatabaseDoesNotAnswerAtOnce() {
        unanswered = 4;

        assertThat(ends.recordFormer()).isEmpty();

        assertThat(states()).containsExactly("S1 disconnected", "S2 disconnected");
    }

    @Test
    void endsOfAnEarlierProcessThatTakeEffectLateLeaveTheHostsThatHaveComeBack() throws InterruptedException {
        CompletableFuture<Void> late = new CompletableFuture<>();
        first = 1;
        hold = Optional.of(late);
        Thread start = Thread.ofVirtual().start(() -> {
            var _ = ends.recordFormer();
        });
        waiting.acquire();
        assertThat(claims.claim(HOST, "host", "1.0", "ab", OptionalLong.of(1), () -> true)
                        .await())
                .isInstanceOf(Result.Answered.class);

        late.complete(null);
        start.join();

        assertThat(states()).containsExactly("S1 connected", "S2 disconnected");
    }

    @Test
    void endsOfAnEarlierProcessThatAreNotRecordedWhileTheDatabaseIsAwayAreRecordedLater() {
        away = true;
        first = 1;
        assertThat(ends.recordFormer()).isPresent();
        ends.again();
        assertThat(states()).containsExactly("S1 connected", "S2 connected");
        assertThat(claims.claim(HOST, "host", "1.0", "ab", OptionalLong.of(1), () -> true)
                        .await())
                .isInstanceOf(Result.Answered.class);

        away = false;
        ends.again();
        assertThat(states()).containsExactly("S1 connected", "S2 disconnected");

        assertThat(claims.claim(OTHER, "host", "1.0", "ab", OptionalLong.of(1), () -> true)
                        .await())
                .isInstanceOf(Result.Answered.class);
        ends.again();
        assertThat(states()).containsExactly("S1 connected", "S2 connected");
    }

    /** It has the times of its own clock, which is an hour behind. */
    @Test
    void endsOfAnEarlierProcessThatAreRecordedAfterAFailoverLeaveTheHostsThatHaveComeBack() {
        away = true;
        first = 1;
        assertThat(ends.recordFormer()).isPresent();
        assertThat(claims.claim(HOST, "host", "1.0", "ab", OptionalLong.of(1), () -> true)
                        .await())
                .isInstanceOf(Result.Answered.class);
        DB.execute("update agent set connected_at = now() - interval '1 hour' where mesos_agent_id = 'S1'");

        away = false;
        ends.again();

        assertThat(states()).containsExactly("S1 connected", "S2 disconnected");
    }

    @Test
    void endOfAnEarlierStreamLeavesALaterClaim() {
        away = true;
        assertThat(ends.record(HOST, 1)).isInstanceOf(Result.Failed.class);
        assertThat(claims.claim(HOST, "host", "1.0", "ab", OptionalLong.of(1), () -> true)
                        .await())
                .isInstanceOf(Result.Answered.class);
        away = false;

        ends.again();

        assertThat(states()).containsExactly("S1 connected", "S2 connected");
    }

    private static Iterable<String> states() {
        return DB.query("select mesos_agent_id || ' ' || state from agent order by mesos_agent_id");
    }
}
