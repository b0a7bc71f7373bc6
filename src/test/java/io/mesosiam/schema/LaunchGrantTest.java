package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database itself guarantees of launch grants: what never changes, who may do what, bounds, audit events. */
class LaunchGrantTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String INSERT = """
            insert into launch_grant (namespace, iam_role_arn, framework_principal, mesos_role, expires_at)
            values ('/data/reporting', 'arn:aws:iam::123456789012:role/ops', 'svc-web', 'ops', now() + interval '1 day')""";
    private static final String BIND = "update launch_grant set bound_framework_id = '%s', bound_task_id = 't',"
            + " bound_mesos_agent_id = 'a', bound_container_id = 'c' where bound_at is null and ended_at is null";

    @BeforeEach
    void empty() {
        DB.execute("delete from launch_grant");
        DB.execute("delete from audit_event");
        DB.execute("delete from namespace where path <> '/'");
        DB.execute("insert into namespace (path) values ('/data'), ('/data/reporting')");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void theDatabaseChoosesTheIdAtRandom() {
        DB.execute(
                "insert into launch_grant (id, iam_role_arn, framework_principal, task_id, expires_at, bound_framework_id,"
                        + " suspended_reason, ended_at, end_reason) values ('00000000-0000-0000-0000-000000000001',"
                        + " 'arn:aws:iam::123456789012:role/ops', 'svc', 't', now() + interval '1 day', 'f', 'x', now(), 'expired')");

        assertThat(DB.query(
                        "select substr(id::text, 15, 1) || ' ' || num_nonnulls(bound_at, bound_framework_id, suspended_at,"
                                + " suspended_reason, ended_at, ended_by, end_reason) from launch_grant"))
                .containsExactly("4 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "id = gen_random_uuid()",
                "iam_role_arn = 'arn:aws:iam::123456789012:role/admin'",
                "credential_name = 'other'",
                "framework_principal = 'svc'",
                "mesos_role = null, task_id = 't'",
                "session_policy = '{\"Statement\": {\"Effect\": \"Allow\"}}'",
                "sensitive = true",
                "expires_at = expires_at + interval '1 hour'",
                "namespace = '/'"
            })
    void contentNeverChanges(String assignment) {
        DB.execute(INSERT);

        assertThatThrownBy(() -> DB.execute("update launch_grant set " + assignment))
                .hasMessageContaining("a launch grant is never changed: end it, and make another one");
    }

    @Test
    void theFirstBindingIsKept() {
        DB.execute(INSERT);
        DB.execute(BIND.formatted("first"));

        DB.execute(BIND.formatted("second"));
        assertThatThrownBy(() -> DB.execute("update launch_grant set bound_framework_id = 'second'"))
                .hasMessageContaining("a launch grant is bound once");
        DB.execute("update launch_grant set bound_at = '2020-01-01'");
        assertThat(
                        DB.query(
                                "select bound_framework_id || ' ' || version || (bound_at > now() - interval '1 hour') from launch_grant"))
                .containsExactly("first 3true");
    }

    /** Controllers read only what has changed since their last read. */
    @Test
    void aChangedRowHasItsTransaction() {
        DB.execute(INSERT);
        DB.execute(INSERT);
        String snapshot =
                DB.query("select pg_snapshot_xmin(pg_current_snapshot())").getFirst();
        DB.execute(
                "update launch_grant set ended_at = now(), changed_in = '1' where id = (select min(id::text)::uuid from launch_grant)");

        assertThat(DB.query("select end_reason from launch_grant where changed_in >= '" + snapshot + "'::xid8"))
                .containsExactly("revoked");
    }

    @Test
    void anEndIsFinalAndNothingIsBoundAfterIt() {
        DB.execute(INSERT);
        DB.execute("update launch_grant set ended_at = '2020-01-01', ended_by = 'alice'");
        DB.execute(
                "update launch_grant set ended_at = null, end_reason = 'expired', bound_framework_id = 'f', bound_task_id = 't',"
                        + " bound_mesos_agent_id = 'a', bound_container_id = 'c', suspended_at = now(), suspended_reason = 'x'");

        assertThat(DB.query(
                        "select concat_ws(' ', ended_at > now() - interval '1 hour', ended_by, end_reason, bound_at,"
                                + " bound_framework_id, suspended_at) from launch_grant"))
                .containsExactly("t postgres revoked");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iam_role_arns = '{arn:aws:iam::123456789012:role/data-*}'  | iam_role_arn
            aws_accounts = '{210987654321}'                             | iam_role_arn
            mesos_roles = '{eng}'                                       | mesos_role
            framework_principals = '{svc-ops}'                          | framework_principal
            longest_ttl = '1 hour'                                      | expires_at
            sensitive_only = true                                       | sensitive
            session_policy_floor = '[{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]' | session_policy
            """)
    void aGrantOutsideABoundIsRefusedWithTheColumnTheNamespaceAndTheBound(String bound, String column) {
        DB.execute("update namespace set " + bound + " where path = '/data'");

        assertThatThrownBy(() -> DB.execute(INSERT.replace("expires_at)", "expires_at, session_policy)")
                        .replace("'1 day')", "'1 day', '{\"Statement\": {\"Effect\": \"Allow\"}}')")))
                .hasMessageContaining(column + ": ")
                .hasMessageContaining("of namespace /data")
                .hasMessageContaining(bound.substring(0, bound.indexOf(' ')));
    }

    @Test
    void aPrincipalIsATrustedSelector() {
        DB.execute("update namespace set trusted_selectors_only = true where path = '/data'");

        DB.execute(INSERT);
    }

    @Test
    void moreThanTenThousandOpenGrantsOfANamespaceAreRefused() {
        String many = INSERT.replace("values (", "select ").replaceAll("\\)$", " from generate_series(1, 10000)");
        DB.execute("alter table launch_grant disable trigger launch_grant_within_bounds");
        DB.execute("alter table launch_grant disable trigger launch_grant_audited");
        DB.execute(many);
        DB.execute("alter table launch_grant enable trigger launch_grant_audited");
        DB.execute("alter table launch_grant enable trigger launch_grant_within_bounds");

        assertThatThrownBy(() -> DB.execute(INSERT))
                .hasMessageContaining("namespace: /data/reporting has 10,000 grants that have not ended");
        DB.execute(INSERT.replace("/data/reporting", "/data"));
        DB.execute("update launch_grant set ended_at = now() where id = (select id from launch_grant"
                + " where namespace = '/data/reporting' limit 1)");
        DB.execute(INSERT);
    }

    @Test
    void aNamespaceIsKeptByAGrantUntilThatHasEnded() {
        DB.execute(INSERT);
        assertThatThrownBy(() -> DB.execute("delete from namespace where path = '/data/reporting'"))
                .hasMessageContaining("launch_grant_namespace_exists");

        DB.execute("update launch_grant set ended_at = now()");
        DB.execute("delete from namespace where path = '/data/reporting'");
        assertThat(DB.query("select id from launch_grant")).isEmpty();
    }

    @Test
    void eachChangeIsAnAuditEventOfTheGrant() {
        DB.execute(INSERT);
        DB.execute(BIND.formatted("f"));
        DB.execute("update launch_grant set ended_at = now()");
        DB.execute("delete from launch_grant");

        assertThat(DB.query(
                        "select concat_ws(' ', kind, actor, object = 'launch-grant:' || grant_id, policy_id, iam_role_arn,"
                                + " detail -> 'after' ->> 'bound_framework_id', detail -> 'after' ->> 'end_reason')"
                                + " from audit_event where grant_id is not null order by id"))
                .containsExactly(
                        "launch-grant.created database:postgres t arn:aws:iam::123456789012:role/ops",
                        "launch-grant.changed database:postgres t arn:aws:iam::123456789012:role/ops f",
                        "launch-grant.changed database:postgres t arn:aws:iam::123456789012:role/ops revoked",
                        "launch-grant.deleted database:postgres t arn:aws:iam::123456789012:role/ops f revoked");
    }

    /** Of a controller's user, which may write these columns, in each state of a grant. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bound           | bound_container_id = 'other'                                             | a launch grant is bound once
            bound           | bound_container_id = 'c/child'                                           | a launch grant is bound once
            bound           | bound_framework_id = null, bound_task_id = null, bound_mesos_agent_id = null, bound_container_id = null | a launch grant is bound once
            bound           | bound_container_id = null                                                | a launch grant is bound once
            bound           | bound_container_id = 'other', ended_at = now()                           | a launch grant is bound once
            bound suspended | bound_mesos_agent_id = 'b'                                               | a launch grant is bound once
            bound ended     | bound_container_id = 'other'                                             | a launch grant is bound once
            bound ended     | ended_at = null, bound_task_id = 'u'                                     | a launch grant is bound once
            unbound         | bound_framework_id = 'f'                                                 | launch_grant_bound_at_whole
            unbound         | bound_container_id = 'c'                                                 | launch_grant_bound_at_whole
            unbound         | bound_framework_id = 'f', bound_task_id = 't', bound_mesos_agent_id = 'a', bound_container_id = 'c/../d' | container_path_form
            unbound         | bound_framework_id = 'f', bound_task_id = 't', bound_mesos_agent_id = 'a', bound_container_id = ''       | container_path_form
            unbound ended   | bound_framework_id = 'f', bound_task_id = 't', bound_mesos_agent_id = 'a', bound_container_id = 'c' |
            bound           | bound_container_id = 'c'                                                 |
            bound suspended | suspended_at = null, suspended_reason = null                             |
            bound ended     | ended_at = null, end_reason = null                                       |
            bound ended     | ended_at = now(), end_reason = 'expired', suspended_at = now(), suspended_reason = 'x' |
            bound           | end_reason = 'expired'                                                   |
            """)
    void launchOfAGrantNeverChanges(String state, String assignment, @Nullable String problem) throws SQLException {
        DB.execute(INSERT);
        if (!state.contains("unbound")) {
            DB.execute(BIND.formatted("f"));
        }
        if (state.contains("suspended")) {
            DB.execute("update launch_grant set suspended_at = now(), suspended_reason = 'two launches'");
        }
        if (state.contains("ended")) {
            DB.execute("update launch_grant set ended_at = now()");
        }
        String facts = "select to_jsonb(launch_grant) - '{version,changed_in}'::text[] from launch_grant";
        List<String> before = DB.query(facts);
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role mesos_iam_app");
            String update = "update launch_grant set " + assignment;
            if (problem == null) {
                statement.execute(update);
            } else {
                assertThatThrownBy(() -> statement.execute(update)).hasMessageContaining(problem);
            }
        }
        assertThat(DB.query(facts)).isEqualTo(before);
    }

    /** A user with the role of administration makes and ends grants, and a controller's user binds, suspends and ends them. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mesos_iam_app   | update launch_grant set bound_framework_id = 'f', bound_task_id = 't', bound_mesos_agent_id = 'a', bound_container_id = 'c' | true
            mesos_iam_app   | update launch_grant set suspended_at = now(), suspended_reason = 'two launches' | true
            mesos_iam_app   | update launch_grant set ended_at = now(), end_reason = 'task-ended'             | true
            mesos_iam_app   | update launch_grant set expires_at = now()                                      | false
            mesos_iam_app   | insert into launch_grant default values                                         | false
            mesos_iam_app   | delete from launch_grant                                                        | false
            mesos_iam_admin | update launch_grant set ended_at = now()                                        | true
            mesos_iam_admin | update launch_grant set end_reason = 'expired'                                  | false
            mesos_iam_admin | update launch_grant set bound_framework_id = 'f'                                | false
            mesos_iam_admin | update launch_grant set bound_container_id = null                               | false
            mesos_iam_admin | update launch_grant set suspended_at = null                                     | false
            mesos_iam_admin | delete from launch_grant                                                        | false
            mesos_iam_admin | truncate launch_grant                                                           | false
            mesos_iam_app   | truncate launch_grant                                                           | false
            person          | select from launch_grant                                                        | false
            person          | update launch_grant set ended_at = now()                                        | false
            """)
    void rights(String role, String sql, boolean allowed) throws SQLException {
        DB.execute(INSERT);
        DB.execute("create role person");
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            if (allowed) {
                assertThat(statement.executeUpdate(sql)).isOne();
            } else {
                assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("permission denied");
            }
        } finally {
            DB.execute("drop role person");
        }
    }

    @Test
    void theCallerOfTheApiSignsWhatItMakesAndEnds() throws SQLException {
        DB.execute("create role grant_writer login password 'secret' in role mesos_iam_admin, mesos_iam_app");
        try (Connection connection = DriverManager.getConnection(DB.jdbcUrl(), "grant_writer", "secret");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local mesos_iam.caller = 'token:spawner'");
            statement.execute(INSERT);
            statement.execute("update launch_grant set ended_at = now()");
            connection.commit();
        } finally {
            DB.execute("drop role grant_writer");
        }

        assertThat(DB.query("select made_by || ' ' || ended_by from launch_grant"))
                .containsExactly("token:spawner token:spawner");
    }
}
