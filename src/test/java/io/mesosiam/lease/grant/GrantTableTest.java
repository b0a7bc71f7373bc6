package io.mesosiam.lease.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.policy.Grants;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.grant.GrantSet;
import io.mesosiam.policy.grant.LaunchGrant;
import io.mesosiam.policy.grant.LaunchGrant.State;
import io.mesosiam.policy.grant.TestGrants;
import io.mesosiam.postgres.SessionPool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading and writing launch grants in PostgreSQL. */
class GrantTableTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final RevokerRole REVOKER = new RevokerRole(Optional.of("mesos-iam-revoker"));
    private static final TaskContainer FIRST = TestGrants.holder("t1", "c1");
    private static final TaskContainer SECOND = new TaskContainer(
            TestGrants.holder("t2", "c").task(), ContainerId.of("outer").child("inner"));

    private static final String WAITING =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";

    private final GrantTable one =
            new GrantTable(DB.pool(), new SessionPool(DB.pool()), "c-1", new Random(1), Instant::now, REVOKER);
    private final GrantTable other =
            new GrantTable(DB.pool(), new SessionPool(DB.pool()), "c-2", new Random(2), Instant::now, REVOKER);
    private final AtomicReference<GrantSet> heard = new AtomicReference<>(GrantSet.EMPTY);

    @BeforeEach
    void start() {
        DB.execute("delete from launch_grant");
        DB.execute("delete from audit_event");
        one.start((grants, _) -> heard.set(grants));
        other.start((_, _) -> {});
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void rowIsReadWithEverythingThatItSays() {
        DB.execute("insert into launch_grant (iam_role_arn, credential_name, framework_principal, mesos_role, task_id,"
                + " session_policy, sensitive, expires_at) values ('arn:aws:iam::123456789012:role/a', 'logs', 'svc', 'eng', 't1',"
                + " '{\"Statement\": {\"Effect\": \"Allow\"}}', true, now() + interval '1 hour')");
        until().until(() -> one.current().all().size() == 1);
        LaunchGrant grant = heard.get().all().iterator().next();

        assertThat(grant.taskId()).hasValue("t1");
        assertThat(grant.state()).isEqualTo(new State.Unbound());
        assertThat(grant.policy().namespace()).isEqualTo("/");
        assertThat(grant.policy().selectors())
                .extracting(selector -> selector.attribute() + " " + selector.wanted())
                .containsExactly("FRAMEWORK_PRINCIPAL svc", "MESOS_ROLE eng");
        assertThat(grant.entitlement().sensitive()).isTrue();
        assertThat(grant.entitlement().leaseTtl()).hasValue(Duration.ofHours(1));
        assertThat(grant.entitlement().endsAt())
                .hasValueSatisfying(end -> assertThat(end).isAfter(Instant.now()));
        assertThat(grant.entitlement().sessionPolicy())
                .hasValueSatisfying(text -> assertThat(text).contains("Allow"));
    }

    /** Two controllers bind one grant to launches of their own hosts. */
    @Test
    void onlyOneOfTwoControllersBindsAGrant() {
        for (int round = 0; round < 20; round++) {
            UUID id = insert(one, other);
            one.bind(PolicyId.ofGrant(id), FIRST);
            other.bind(PolicyId.ofGrant(id), SECOND);
            until().until(() -> one.current().find(id).map(LaunchGrant::state).orElseThrow() instanceof State.Bound
                    && other.current().find(id).map(LaunchGrant::state).orElseThrow() instanceof State.Bound);

            State bound = one.current().find(id).orElseThrow().state();
            assertThat(bound).isIn(new State.Bound(FIRST), new State.Bound(SECOND));
            assertThat(other.current().find(id).orElseThrow().state()).isEqualTo(bound);
            String winner = bound.equals(new State.Bound(FIRST)) ? "c-1" : "c-2";
            assertThat(DB.query("select actor from audit_event where kind = 'launch-grant.changed' and grant_id = '"
                            + id + "'"))
                    .containsExactly(winner);
        }
    }

    /** Writes that wait at the same time are one statement. */
    @Test
    void aBindingThatTheDatabaseRefusesKeepsNoOtherOneFromBeingWritten() {
        List<UUID> grants =
                IntStream.range(0, 20).mapToObj(_ -> insert(one, other)).toList();
        DB.execute("alter table launch_grant add constraint refused check (bound_task_id <> 'refused')");
        TaskContainer refused = TestGrants.holder("refused", "c1");
        for (UUID grant : grants) {
            one.bind(PolicyId.ofGrant(grant), grant.equals(grants.get(7)) ? refused : FIRST);
        }

        until().until(() -> other.current().boundTo(FIRST).size() == 19);
        DB.execute("alter table launch_grant drop constraint refused");
        assertThat(other.current().find(grants.get(7)).orElseThrow().state()).isEqualTo(new State.Unbound());
        assertThat(one.trouble()).isEmpty();
    }

    /** Both see the ends of all launches. */
    @Test
    void twoControllersEndTheSameGrantsAtOnce() {
        List<TaskContainer> launches = IntStream.range(0, 50)
                .mapToObj(i -> TestGrants.holder("t" + i, "c1"))
                .toList();
        launches.forEach(launch -> one.bind(PolicyId.ofGrant(insert(one, other)), launch));
        until().until(() -> List.of(one, other).stream().allMatch(table -> launches.stream()
                .noneMatch(launch -> table.current().boundTo(launch).isEmpty())));
        launches.forEach(one::ended);
        launches.reversed().forEach(other::ended);

        until().until(() -> launches.stream()
                .allMatch(launch -> one.current().boundTo(launch).isEmpty()
                        && other.current().boundTo(launch).isEmpty()));
        assertThat(DB.query("select count(*) from audit_event where kind = 'launch-grant.changed'"))
                .containsExactly("100");
        assertThat(List.of(one.trouble(), other.trouble())).containsOnly(Optional.empty());
    }

    @Test
    void suspensionNamesBothLaunches() {
        UUID id = bound();
        other.suspend(PolicyId.ofGrant(id), SECOND, _ -> false);

        until().until(() -> one.current().find(id).orElseThrow().state() instanceof State.Suspended);
        assertThat(DB.query("select suspended_reason from launch_grant"))
                .containsExactly(FIRST + " has it, and " + SECOND + " claims it too");
    }

    @Test
    void grantWhoseLaunchHasEndedIsEndedInsteadOfSuspended() {
        UUID id = bound();
        other.suspend(PolicyId.ofGrant(id), SECOND, FIRST::equals);

        until().until(() -> one.current().find(id).orElseThrow().state() instanceof State.Ended);
        assertThat(DB.query("select end_reason || ' ' || ended_by || ' ' || (suspended_at is null) from launch_grant"))
                .containsExactly("task-ended c-2 true");
    }

    @Test
    void grantEndsWithItsLaunchAndItsEndIsKnown() {
        UUID id = bound();
        one.ended(SECOND);
        one.ended(FIRST);

        until().until(() -> other.current().find(id).orElseThrow().state() instanceof State.Ended);
        until().until(() -> one.current()
                .find(id)
                .orElseThrow()
                .state()
                .equals(new State.Ended("ended with its task", Optional.of(FIRST))));
        assertThat(one.current().boundTo(FIRST)).isEmpty();
    }

    /** Any controller that sees the end writes it. */
    @Test
    void grantThatAnotherControllerBoundEndsWithTheLaunch() {
        UUID id = bound();
        other.ended(FIRST);

        until().until(() -> one.current().find(id).orElseThrow().state() instanceof State.Ended);
        assertThat(DB.query("select end_reason || ' ' || ended_by from launch_grant"))
                .containsExactly("task-ended c-2");
    }

    /** Here and at once; the other controller learns it from the row. */
    @Test
    void grantWhoseLaunchHasEndedGivesNothingBeforeItsRowSaysSo() {
        UUID id = bound();
        Subject subject = TestGrants.task(FIRST, "svc", id.toString());
        assertThat(one.inForce(one.current()).of(subject))
                .extracting(Grants.Candidate::use)
                .containsExactly(new Grants.Use.Bound());
        one.ended(FIRST);

        assertThat(one.inForce(one.current()).of(subject))
                .extracting(Grants.Candidate::use)
                .hasOnlyElementsOfType(Grants.Use.None.class);
        until().until(() -> other.current().find(id).orElseThrow().state() instanceof State.Ended);
        one.ended(FIRST);
    }

    @Test
    void grantOfTheRoleThatDeniesSessionsIsNotUsed() {
        DB.execute(
                "insert into launch_grant (iam_role_arn, framework_principal, task_id, expires_at)"
                        + " values ('arn:aws:iam::123456789012:role/mesos-iam-revoker', 'svc', 'late', now() + interval '1 hour')");
        UUID usable = insert(one);

        assertThat(one.current().all()).extracting(LaunchGrant::id).containsExactly(usable);
    }

    @Test
    void expiredGrantIsEndedByAController() {
        insert();
        DB.execute("alter table launch_grant disable trigger launch_grant_written");
        DB.execute(
                "update launch_grant set made_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'");
        DB.execute("alter table launch_grant enable trigger launch_grant_written");

        try (GrantTable starting = new GrantTable(
                DB.pool(),
                new SessionPool(DB.pool()),
                "c-3",
                new Random(3),
                Instant::now,
                REVOKER,
                Duration.ofHours(1))) {
            starting.start((_, _) -> {});
        }
        assertThat(DB.query("select end_reason || ' ' || ended_by from launch_grant"))
                .containsExactly("expired c-3");
    }

    /** A transaction that began before a read and commits after it is read by the next one. */
    @Test
    void changeThatIsCommittedLateIsRead() throws Exception {
        UUID id;
        try (var connection = DB.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into launch_grant (iam_role_arn, framework_principal, task_id, expires_at)"
                    + " values ('arn:aws:iam::123456789012:role/late', 'svc', 'late', now() + interval '1 hour')");
            id = insert(one, other);
            connection.commit();
        }

        until().until(() ->
                one.current().all().size() == 2 && one.current().find(id).isPresent());
    }

    /** The database was not there while the launch ran. No later launch of the task may get the grant. */
    @Test
    void grantThatIsBoundAfterItsLaunchHasEndedEnds() throws Exception {
        UUID id = insert(one, other);
        try (var connection = DB.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table launch_grant in share mode");
            one.bind(PolicyId.ofGrant(id), FIRST);
            one.ended(FIRST);
            connection.commit();
        }

        until().until(() -> other.current().find(id).orElseThrow().state() instanceof State.Ended);
        assertThat(other.current().find(id).orElseThrow().state())
                .isEqualTo(new State.Ended("ended with its task", Optional.of(FIRST)));
    }

    /** A person has changed an expired row and not committed. */
    @Test
    void grantsAreReadAlthoughAnotherTransactionHasAnExpiredRow() throws Exception {
        UUID expired = insert();
        DB.execute("alter table launch_grant disable trigger launch_grant_written");
        DB.execute(
                "update launch_grant set made_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'");
        DB.execute("alter table launch_grant enable trigger launch_grant_written");
        try (var connection = DB.connect();
                var statement = connection.createStatement();
                GrantTable starting = new GrantTable(
                        DB.pool(),
                        new SessionPool(DB.pool()),
                        "c-3",
                        new Random(3),
                        Instant::now,
                        REVOKER,
                        Duration.ofHours(1))) {
            connection.setAutoCommit(false);
            statement.execute("select from launch_grant where id = '" + expired + "' for update");
            starting.start((_, _) -> {});

            assertThat(starting.current().find(expired)).isPresent();
        }
    }

    @Test
    void aLockedRowKeepsNoOtherGrantFromBeingBoundAndTakesNoConnections() throws Exception {
        UUID locked = insert(one, other);
        UUID free = insert(one, other);
        try (var connection = DB.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select from launch_grant where id = '" + locked + "' for update");
            one.bind(PolicyId.ofGrant(locked), FIRST);
            one.bind(PolicyId.ofGrant(free), SECOND);

            until().until(() -> one.current().find(free).orElseThrow().state().equals(new State.Bound(SECOND)));
            until().until(() ->
                    one.trouble().filter(why -> why.contains(locked.toString())).isPresent());
            assertThat(DB.query(WAITING)).containsExactly("0");
            connection.commit();
        }

        until().until(() -> one.current().find(locked).orElseThrow().state().equals(new State.Bound(FIRST)));
        until().until(() -> one.trouble().isEmpty());
    }

    private UUID bound() {
        UUID id = insert(one, other);
        one.bind(PolicyId.ofGrant(id), FIRST);
        until().until(() -> List.of(one, other).stream()
                .allMatch(
                        table -> table.current().find(id).orElseThrow().state().equals(new State.Bound(FIRST))));
        return id;
    }

    private static UUID insert(GrantTable... readers) {
        UUID id = UUID.fromString(DB.query(
                        "insert into launch_grant (iam_role_arn, framework_principal, mesos_role, expires_at)"
                                + " values ('arn:aws:iam::123456789012:role/a', 'svc', 'eng', now() + interval '1 hour') returning id")
                .getFirst());
        until().until(() -> List.of(readers).stream()
                .allMatch(table -> table.current().find(id).isPresent()));
        return id;
    }

    private static ConditionFactory until() {
        return await().atMost(TimeLimit.seconds(20)).pollInterval(Duration.ofMillis(5));
    }
}
