package io.mesosiam.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fleet.Fleet.Member;
import io.mesosiam.fleet.Fleet.Members;
import io.mesosiam.fleet.Fleet.Unconnected;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.ownership.LiveControllers;
import io.mesosiam.postgres.SessionLock;
import io.mesosiam.postgres.SessionPool;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a controller knows of the others. */
class FleetTest {
    private final TestDatabase database = TestPostgres.database();
    private final SessionPool sessions = new SessionPool(database.pool());
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private Set<MesosAgentId> evicted = Set.of();
    private final Fleet own = fleet("b", List.of());

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        database.close();
    }

    @Test
    void everyControllerKnowsAllThatRunInTheOrderOfTheirIds() {
        Fleet other = running("a", List.of("mesos"));
        other.exchange();
        own.exchange();

        Members members = own.members();

        assertThat(members.complete()).isTrue();
        assertThat(members.all()).extracting(Member::controllerId).containsExactly("a", "b");
        assertThat(members.all().getFirst().stated()).contains(state(List.of("mesos")));
        assertThat(members.all().getLast().stated()).contains(state(List.of()));
        assertThat(members.all().getLast().age()).isEqualTo(Duration.ZERO);
    }

    @Test
    void controllerThatHasEndedIsLeftOutAfterAQuarterOfAMinuteAndItsRowIsDeletedAfterADay() {
        fleet("a", List.of()).exchange();
        own.exchange();
        assertThat(own.members().all()).extracting(Member::controllerId).containsExactly("a", "b");

        database.execute("update controller set stated_at = now() - interval '20 seconds'");
        own.exchange();
        assertThat(own.members().all()).extracting(Member::controllerId).containsExactly("b");
        assertThat(rows()).containsExactly("a", "b");

        database.execute("update controller set stated_at = now() - interval '25 hours'");
        own.exchange();
        assertThat(rows()).containsExactly("b");
    }

    @Test
    void controllerThatStopsIsLeftOutAtOnce() {
        Fleet other = fleet("a", List.of());
        other.exchange();
        other.close();
        own.exchange();

        assertThat(own.members().all()).extracting(Member::controllerId).containsExactly("b");
        assertThat(rows()).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update agent set controller_id = 'b', epoch = 2, connected_at = now()",
                "update agent set state = 'disconnected', disconnected_at = now() + interval '1 second'",
                "insert into host (hostname, evicted_at, eviction_reason) values ('host-1', now(), 'broken')",
                "insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                        + " values ('S2', 'host-1', 1, 'b', 'connected', now() + interval '1 second')"
            })
    void controllerWithoutItsLockIsUnknownUntilNoHostIsConnectedToIt(String end) throws Exception {
        Fleet other = fleet("a", List.of());
        lock("a");
        other.exchange();
        database.execute("""
                insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)
                values ('S1', 'host-1', 1, 'a', 'connected', now())""");
        open.pop().close();
        own.exchange();
        assertThat(own.members().all().getFirst().stated())
                .as("it stated this a moment ago")
                .contains(state(List.of()));

        database.execute("update controller set stated_at = now() - interval '20 seconds'");
        own.exchange();
        assertUnknown("it has ended, or doesn't reach the database");
        assertThat(own.members().complete()).isTrue();

        database.execute(end);
        own.exchange();
        assertThat(own.members().all()).extracting(Member::controllerId).containsExactly("b");
    }

    @Test
    void controllerThatHasJustTakenItsIdIsLeftOutWhileNoHostIsConnectedToIt() {
        lock("a");
        database.execute("""
                insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at, disconnected_at)
                values ('S1', 'host-1', 1, 'a', 'disconnected', now(), now() + interval '1 second')""");
        own.exchange();

        assertThat(own.members().all()).extracting(Member::controllerId).containsExactly("b");
    }

    @Test
    void controllerOfAnEarlierVersionIsUnknown() {
        lock("a");
        database.execute("""
                insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)
                values ('S1', 'host-1', 1, 'a', 'connected', now()), ('S2', 'host-2', 1, 'ended', 'connected', now())""");
        own.exchange();

        assertUnknown("it states nothing: it is of an earlier version");
        assertThat(own.members().complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jsonb_build_object()",
                "'[]'",
                "'null'",
                "state #- '{state,version}'",
                "state #- '{state,policyVersion}'",
                "state #- '{effect,decided}'",
                "state #- '{state,notReady}'",
                "state #- '{effect,behind}'",
                "state - 'effect'",
                "jsonb_set(state, '{effect,confirmed}', '[null]')",
                "jsonb_set(state, '{effect,behind}', '[null]')",
                "jsonb_set(state, '{effect,behind}', '[{\"version\": 1}]')",
                "jsonb_set(state, '{state,notReady}', '[null]')",
                "jsonb_set(state, '{state,drain}', '{}')",
                "state, stated_at = 'infinity'",
                "state, stated_at = '-infinity'"
            })
    void rowThatCannotBeReadIsUnknown(String state) {
        running("a", List.of()).exchange();
        database.execute("update controller set state = " + state);
        own.exchange();

        assertUnknown("what it states can't be read");
    }

    @Test
    void whatALaterVersionStatesBesidesIsSkipped() {
        running("a", List.of()).exchange();
        database.execute("update controller set state = jsonb_set(jsonb_set(jsonb_set(state, '{later}', '[1]'),"
                + " '{state,later}', '{}'), '{effect,later}', '1')");
        own.exchange();

        assertThat(own.members().all().getFirst().stated()).contains(state(List.of()));
    }

    @Test
    void stateIsUnknownAfterAQuarterOfAMinute() {
        running("a", List.of()).exchange();
        database.execute("update controller set stated_at = now() - interval '10 seconds'");
        own.exchange();
        assertThat(own.members().all().getFirst().stated()).isPresent();
        assertThat(own.members().all().getFirst().age()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));

        database.execute("update controller set stated_at = now() - interval '40 seconds'");
        own.exchange();
        assertThat(own.members().all().getFirst().unknown()).startsWith("it has not stated how it is for 4");
        assertThat(own.members().all().getFirst().stated()).isEmpty();
    }

    @Test
    void othersAreUnknownWhileTheDatabaseCannotBeRead() {
        assertThat(own.members().complete()).isFalse();
        running("a", List.of()).exchange();
        own.exchange();
        database.execute("alter table controller rename to moved");
        own.exchange();

        assertUnknown("the database can't be read");
        assertThat(own.members().complete()).isFalse();
        assertThat(own.members().all().getLast().stated()).isPresent();

        database.execute("alter table moved rename to controller");
        own.exchange();
        assertThat(own.members().complete()).isTrue();
        assertThat(own.members().all().getFirst().stated()).isPresent();
    }

    /** Each turn would keep another connection, until none was left. */
    @Test
    void turnThatWaitsForALockEndsAndKeepsNoConnection() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table controller");
            own.exchange();
        }

        assertThat(own.members().complete()).isFalse();
        assertThat(rows()).as("written after the lock has ended").isEmpty();
    }

    /** Its former process's hosts, or a host that has connected since it stated how many it has: agents that serve by older policies. */
    @Test
    void hostsThatAControllerDoesNotStateAreCounted() {
        Fleet other = running("a", List.of());
        connected("S1", "a");
        connected("S2", "a");
        other.exchange();
        own.exchange();
        assertThat(own.members().all()).extracting(Member::unstated).containsExactly(0L, 0L);

        connected("S3", "a");
        Stream.of("S4", "S5", "S6").forEach(host -> connected(host, "b"));
        own.exchange();
        assertThat(own.members().all()).extracting(Member::unstated).containsExactly(1L, 1L);

        database.execute("update agent set disconnected_at = now() + interval '1 second' where mesos_agent_id = 'S3'");
        database.execute(
                "insert into host (hostname, evicted_at, eviction_reason) values ('host-s4', now(), 'broken')");
        own.exchange();
        assertThat(own.members().all()).extracting(Member::unstated).containsExactly(0L, 0L);
        assertThat(own.members().unconnected().hosts()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update lease set expiration = now()",
                "update lease set state = 'reaped', reason = 'ended', reaped_at = now()",
                "update agent set disconnected_at = null",
                "update agent set connected_at = disconnected_at - interval '15 hours',"
                        + " disconnected_at = disconnected_at - interval '14 hours'",
                "insert into host (hostname, evicted_at, eviction_reason) values ('host-s1', now(), 'broken')",
                "insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                        + " values ('S2', 'HOST-S1', 1, 'b', 'connected', now() + interval '2 seconds')"
            })
    void hostWithoutAControllerCountsWhileItHasSessions(String end) {
        servesWithoutAController();

        database.execute(end);
        own.exchange();
        assertThat(own.members().unconnected()).isEqualTo(new Unconnected(0, List.of()));
    }

    /** Its row has another name than the one by which it is evicted. */
    @Test
    void hostThatIsEvictedByAnotherOfItsNamesDoesNotCount() {
        servesWithoutAController();

        evicted = Set.of(new MesosAgentId("S1"));
        own.exchange();
        assertThat(own.members().unconnected()).isEqualTo(new Unconnected(0, List.of()));
    }

    private void servesWithoutAController() {
        connected("S1", "b");
        database.execute(
                "insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn,"
                        + " policy_id, identity_hash, session_name, witnessed, created_at, state, expiration, renew_at)"
                        + " values (gen_random_uuid(), 'F', 't', 'S1', 1, 'default', 'arn:aws:iam::123456789012:role/r',"
                        + " gen_random_uuid(), repeat('0', 64), 'name', true, now(), 'active', now() + interval '1 hour',"
                        + " now() + interval '30 minutes')");
        own.exchange();
        assertThat(own.members().unconnected().hosts()).isZero();

        database.execute("update agent set disconnected_at = now() + interval '1 second'");
        own.exchange();
        assertThat(own.members().unconnected()).isEqualTo(new Unconnected(1, List.of("S1")));
    }

    private void connected(String host, String controller) {
        database.execute(
                "insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at) values ('"
                        + host + "', 'host-" + host.toLowerCase(Locale.ROOT) + "', 1, '" + controller
                        + "', 'connected', now())");
    }

    /** A COMMIT waits without a limit if a synchronous standby is lost. */
    @Test
    void turnsKeepOneConnectionWhileATransactionDoesNotEnd() {
        AtomicInteger transactions = new AtomicInteger();
        Fleet fleet = fleet(
                new Pool(database.pool().getDelegate()) {
                    @Override
                    public <T> Uni<T> withTransaction(Function<SqlConnection, Uni<T>> work) {
                        transactions.incrementAndGet();
                        return Uni.createFrom().nothing();
                    }
                },
                "c",
                List.of());

        fleet.exchange();
        fleet.exchange();

        assertThat(transactions).hasValue(1);
        assertThat(fleet.members().complete()).isFalse();
    }

    private void assertUnknown(String why) {
        List<Member> members = own.members().all();
        assertThat(members).extracting(Member::controllerId).containsExactly("a", "b");
        assertThat(members.getFirst().stated()).isEmpty();
        assertThat(members.getFirst().unknown()).isEqualTo(why);
    }

    private List<String> rows() {
        return database.query("select controller_id from controller order by controller_id");
    }

    /** A controller that holds the lock of its id. */
    private Fleet running(String id, List<String> notReady) {
        lock(id);
        return fleet(id, notReady);
    }

    private void lock(String id) {
        SessionLock lock = new SessionLock(sessions, LiveControllers.ID_LOCK + id, Duration.ofSeconds(20));
        open.push(lock);
        assertThat(lock.tryAcquire()).isEqualTo(SessionLock.State.OURS);
    }

    private Fleet fleet(String id, List<String> notReady) {
        return fleet(database.pool(), id, notReady);
    }

    private Fleet fleet(Pool pool, String id, List<String> notReady) {
        Fleet fleet = new Fleet(
                pool,
                Optional.of(id),
                new OwnState() {
                    @Override
                    public void check() {}

                    @Override
                    public StatedController now() {
                        return state(notReady);
                    }
                },
                () -> evicted,
                JsonMapper.builder()
                        .findAndAddModules()
                        .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                        .build());
        open.push(fleet);
        return fleet;
    }

    private static StatedController state(List<String> notReady) {
        Instant time = Instant.parse("2026-01-02T03:04:05.123456Z");
        return new StatedController(
                new ControllerState(
                        "1.0.0",
                        time,
                        notReady,
                        new ControllerState.Drain(time, "token:alice", "kernel update"),
                        "http://10.0.0.1:5050",
                        3L,
                        17,
                        null,
                        2,
                        0,
                        null),
                new StatedEffect(
                        17,
                        17,
                        0,
                        List.of(new StatedEffect.Confirmed(17, 1), new StatedEffect.Confirmed(0, 1)),
                        List.of(new StatedEffect.Host("S2", 0), new StatedEffect.Host("S1", 17))));
    }
}
