package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every version of a policy is kept, with who changed it and why, whichever client did. */
class PolicyRevisionTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String STATE = """
            select set_config('mesos_iam.caller', 'oidc:alice', true), set_config('mesos_iam.reason', 'a test', true),
                set_config('mesos_iam.request_id', 'r-1', true)""";

    @BeforeAll
    static void users() {
        dropUsers();
        DB.execute("create role kept_psql login password 'p'");
        DB.execute("create role kept_admin login password 'p' in role mesos_iam_admin");
        DB.execute("create role kept_controller login password 'p' in role mesos_iam_admin, mesos_iam_app");
        DB.execute("grant select, insert, update, delete on policy, namespace to kept_psql");
    }

    private static void dropUsers() {
        DB.execute(
                "do $$ begin if exists (select from pg_roles where rolname = 'kept_psql') then"
                        + " drop owned by kept_psql; drop role kept_psql; drop owned by kept_admin; drop role kept_admin; drop role kept_controller; end if; end $$");
    }

    @AfterAll
    static void drop() {
        dropUsers();
        DB.close();
    }

    @Test
    void eachChangeIsAVersionWithItsContent() {
        DB.execute("insert into policy (name, effect, match_all, priority) values ('kept', 'deny', true, 1)");
        DB.execute("update policy set priority = 2 where name = 'kept'");
        DB.execute("delete from policy where name = 'kept'");

        assertThat(revisions("kept", "operation || ' ' || version || ' ' || (content ->> 'priority')"))
                .containsExactly("insert 1 1", "update 2 2", "delete 3 2");
    }

    @Test
    void truncateKeepsTheDeletionOfEachPolicy() {
        DB.execute("insert into policy (name, effect, match_all) values ('emptied', 'deny', true)");
        DB.execute("truncate policy");

        assertThat(revisions("emptied", "operation || ' ' || version")).containsExactly("insert 1", "delete 2");
    }

    @Test
    void versionAndIdAreTheDatabasesAlone() {
        DB.execute("insert into policy (name, effect, match_all, version) values ('numbered', 'deny', true, 7)");
        DB.execute("update policy set version = 40, id = gen_random_uuid() where name = 'numbered'");

        assertThat(DB.query("select version from policy where name = 'numbered'"))
                .containsExactly("2");
        assertThat(DB.query("select count(distinct policy_id) from policy_revision where name = 'numbered'"))
                .containsExactly("1");
    }

    /** The three users of docs/administration.md, and a controller's user with a name of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"mesos_iam_admin", "kept_controller", "postgres"})
    void controllerStatesCallerReasonAndRequest(String user) throws SQLException {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set session authorization " + user);
            statement.execute("begin; " + STATE
                    + "; insert into policy (name, effect, match_all) values ('stated', 'deny', true); commit");
        }

        assertThat(revisions("stated", "concat_ws(' ', database_user, caller, reason, request_id)"))
                .containsExactly(user + " oidc:alice a test r-1");
        assertThat(events("stated")).containsExactly("policy.created oidc:alice " + user + " r-1");
        DB.execute("delete from policy where name = 'stated'; truncate policy_revision, audit_event");
    }

    /** A person with the role of administration, for psql, is no controller. */
    @ParameterizedTest
    @ValueSource(strings = {"kept_psql", "kept_admin"})
    void personWithPsqlCannotStateACaller(String user) throws SQLException {
        as(user, STATE, "insert into policy (name, effect, match_all) values ('forged', 'deny', true)");

        assertThat(revisions("forged", "concat_ws(' ', database_user, caller, reason, request_id)"))
                .containsExactly(user);
        assertThat(events("forged")).containsExactly("policy.created database:" + user + " " + user);
        DB.execute("delete from policy where name = 'forged'; truncate policy_revision, audit_event");
    }

    @Test
    void personWithTheRoleOfAdministrationCannotInsertAuditEvents() {
        assertThatThrownBy(() -> as(
                        "kept_admin", "insert into audit_event (kind, actor) values ('policy.created', 'oidc:alice')"))
                .hasMessageContaining("permission denied for table audit_event");
    }

    @Test
    void revokedPolicyThatIsMadeAgainKeepsItsIdAndGoesOnWithItsVersions() throws SQLException {
        String make = "insert into policy (name, effect, match_all) values ('again', 'deny', true)";
        String id = "select id from policy where name = 'again'";
        DB.execute(make);
        String first = DB.query(id).getFirst();
        DB.execute("insert into withdrawal (policy_id, reason) values ('" + first + "', 'leaked')");
        DB.execute("delete from policy where name = 'again'");

        as("kept_psql", make);
        assertThat(DB.query(id)).containsExactly(first);
        assertThat(revisions("again", "operation || ' ' || version"))
                .containsExactly("insert 1", "delete 2", "insert 3");

        DB.execute("delete from policy where name = 'again'; update withdrawal set lifted_at = now(); " + make);
        assertThat(DB.query(id)).doesNotContain(first);
    }

    /** Not to who may write another namespace: the id is what external ids, audit events and withdrawals know a policy by. */
    @ParameterizedTest
    @CsvSource({"/ids, gone", "/, taken"})
    void idOfADeletedPolicyIsGivenToNoOther(String namespace, String name) throws SQLException {
        DB.execute("insert into namespace (path) values ('/ids') on conflict do nothing");
        String id = UUID.randomUUID().toString();
        String insert = "insert into policy (id, namespace, name, effect, match_all) values ('" + id
                + "', '%s', '%s', 'deny', true)";
        String update = " on conflict (id) do update set priority = 2";
        as("kept_psql", insert.formatted("/", "gone"), insert.formatted(namespace, name) + update);
        DB.execute("delete from policy where id = '" + id + "'");

        assertThatThrownBy(() -> as("kept_psql", insert.formatted(namespace, name) + update))
                .hasMessageContaining("another policy had the id " + id);
        as("kept_psql", insert.formatted("/", "gone"));

        assertThat(DB.query("select version from policy where id = '" + id + "'"))
                .containsExactly("4");
        DB.execute("delete from policy where id = '" + id + "'");
    }

    @Test
    void idOfAPolicyWhoseDeletionIsNotCommittedYetIsGivenToNoOther() throws Exception {
        String id = UUID.randomUUID().toString();
        String insert = "insert into policy (id, name, effect, match_all) values ('" + id + "', '%s', 'deny', true)";
        DB.execute(insert.formatted("going"));

        assertThat(besideADeletion("going", insert.formatted("coming")))
                .hasValueSatisfying(refusal -> assertThat(refusal).contains("another policy had the id " + id));
    }

    /** Who may write a namespace could otherwise undo the revocation of a policy there. */
    @Test
    void revokedPolicyThatIsMadeAgainBesideItsDeletionKeepsItsId() throws Exception {
        String make = "insert into policy (name, effect, match_all) values ('swapped', 'deny', true)";
        DB.execute(make);
        String id = DB.query("select id from policy where name = 'swapped'").getFirst();
        DB.execute("insert into withdrawal (policy_id, reason) values ('" + id + "', 'leaked')");

        assertThat(besideADeletion("swapped", make)).isEmpty();

        assertThat(DB.query("select id from policy where name = 'swapped'")).containsExactly(id);
        assertThat(revisions("swapped", "operation || ' ' || version"))
                .containsExactly("insert 1", "delete 2", "insert 3");
        DB.execute("delete from policy where name = 'swapped'; update withdrawal set lifted_at = now()");
    }

    /** Runs a statement while a transaction that has deleted a policy is open, until it waits for that; returns its error. */
    private static Optional<String> besideADeletion(String name, String statement) throws Exception {
        try (Connection deleting = DB.connect();
                Statement delete = deleting.createStatement()) {
            deleting.setAutoCommit(false);
            delete.execute("delete from policy where name = '" + name + "'");
            CompletableFuture<Optional<String>> other = CompletableFuture.supplyAsync(() -> {
                try {
                    as("kept_psql", statement);
                    return Optional.empty();
                } catch (SQLException e) {
                    return Optional.of(String.valueOf(e.getMessage()));
                }
            });
            await().atMost(TimeLimit.seconds(20))
                    .until(() -> !DB.query("select pid from pg_stat_activity where datname = current_database()"
                                    + " and usename = 'kept_psql' and wait_event_type = 'Lock'")
                            .isEmpty());
            deleting.commit();
            return other.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void versionIsNeverChanged() {
        DB.execute("insert into policy (name, effect, match_all) values ('final', 'deny', true)");

        assertThatThrownBy(() -> DB.execute("update policy_revision set caller = 'x' where name = 'final'"))
                .hasMessageContaining("a version of a policy is never changed");
        assertThatThrownBy(() -> as("kept_admin", "delete from policy_revision"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void auditEventHasTheChangedColumnsWithoutTheExternalId() {
        DB.execute("insert into policy (name, effect, framework_name, iam_role_arn, external_id)"
                + " values ('secret', 'allow', 'f', 'arn:aws:iam::123456789012:role/r', 'id-one')");
        DB.execute("update policy set external_id = 'id-two', priority = 3 where name = 'secret'");

        assertThat(DB.query("select detail -> 'changed' ? 'external_id', detail -> 'before' ->> 'priority',"
                        + " detail -> 'after' ->> 'priority' from audit_event where kind = 'policy.changed'"
                        + " and detail ->> 'subject' = 'secret'"))
                .isNotEmpty();
        assertThat(DB.query("select detail from audit_event where detail ->> 'subject' = 'secret'"))
                .hasSize(2)
                .noneMatch(detail -> detail.contains("id-one") || detail.contains("id-two"));
    }

    @Test
    void everyFaultOfARowIsFoundAtOnce() {
        assertThat(DB.query("select constraint_name from row_violations('policy', "
                        + "'{\"effect\": \"maybe\", \"name\": \"two words\", \"namespace\": \"/\", \"match_all\": true,"
                        + " \"region\": \"moon\", \"tags\": {\"aws:x\": \"1\"}, \"session_length\": \"5 seconds\"}')"))
                .contains(
                        "policy_effect_known",
                        "policy_name_form",
                        "policy_region_form",
                        "policy_tags_keys",
                        "policy_session_length_bounds");
    }

    private static List<String> revisions(String name, String expression) {
        return DB.query("select " + expression + " from policy_revision where name = '" + name + "' order by version");
    }

    private static List<String> events(String subject) {
        return DB.query("select concat_ws(' ', kind, actor, written_by, request_id) from audit_event"
                + " where detail ->> 'subject' = '" + subject + "' order by id");
    }

    private static void as(String user, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(DB.jdbcUrl(), user, "p");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
        }
    }
}
