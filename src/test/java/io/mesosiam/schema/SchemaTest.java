package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.pgclient.PgConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the migrations promise beside their constraints: comments, versions, notifications, rights. */
class SchemaTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String ROLE_ARN = "arn:aws:iam::123456789012:role/web";

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void everyTableAndColumnIsExplained() {
        assertThat(DB.query("""
                select format('%s.%s', c.relname, a.attname)
                from pg_class c join pg_attribute a on a.attrelid = c.oid
                where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
                    and not a.attisdropped and c.relname <> 'flyway_schema_history'
                    and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)
                """)).isEmpty();
    }

    @Test
    void everyDomainAndFunctionIsExplained() {
        assertThat(DB.query("""
                select typname from pg_type
                where typnamespace = current_schema()::regnamespace and typtype = 'd' and obj_description(oid, 'pg_type') is null
                union all select proname from pg_proc
                where pronamespace = current_schema()::regnamespace and obj_description(oid, 'pg_proc') is null
                """)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            insert into policy (name, effect, match_all) values ('v-1', 'deny', true), ('v-2', 'deny', true)
            update policy set priority = priority + 1
            delete from policy where name like 'v-%'
            truncate policy
            insert into attribute_trust (framework_principal, attribute) values ('svc', 'task_name')
            update attribute_trust set description = 'said so'
            delete from attribute_trust
            truncate attribute_trust
            insert into namespace (path) values ('/v')
            update namespace set description = 'v' where path = '/v'
            delete from namespace where path = '/v'
            """)
    void everyStatementThatChangesPolicyGivesANewVersionAndOneNotification(String sql) {
        long before = version();

        assertThat(notifiedBy(sql, "policy_version")).containsExactly(Long.toString(before + 1));

        assertThat(version()).isEqualTo(before + 1);
    }

    @Test
    void aChangeThatIsRolledBackIsNoChange() throws SQLException {
        long before = version();
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("insert into policy (name, effect, match_all) values ('undone', 'deny', true)");
            connection.rollback();
        }

        assertThat(version()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into withdrawal (framework_id, reason) values ('f-1', 'evicted')",
                "update withdrawal set lifted_at = now()",
                "delete from withdrawal",
                "truncate withdrawal"
            })
    void everyStatementThatChangesWithdrawalsNotifies(String sql) {
        assertThat(notifiedBy(sql, "withdrawal")).hasSize(1);
    }

    @Test
    void anUpdatedPolicySaysWhen() {
        DB.execute(
                "insert into policy (name, effect, updated_at, match_all) values ('touched', 'deny', '2020-01-01', true)");
        DB.execute("update policy set priority = 7 where name = 'touched'");

        assertThat(DB.query("select updated_at > '2021-01-01' from policy where name = 'touched'"))
                .containsExactly("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            audit_event    | INSERT, SELECT
            policy         | SELECT
            namespace      | SELECT
            attribute_trust | SELECT
            policy_version | SELECT
            agent          | DELETE, INSERT, SELECT, UPDATE
            lease          | DELETE, INSERT, SELECT, UPDATE
            withdrawal     | DELETE, INSERT, SELECT, UPDATE
            launch_grant   | SELECT
            authority      | SELECT
            join_token     | SELECT
            host           | SELECT
            host_certificate | INSERT, SELECT
            ec2_instance   | SELECT
            audit_retention | SELECT
            audit_stream   | INSERT, SELECT, UPDATE
            controller     | DELETE, INSERT, SELECT, UPDATE
            """)
    void theApplicationMayDoThisAndNoMore(String table, String rights) {
        assertThat(rights("mesos_iam_app", table)).containsExactly(rights);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            audit_event     | SELECT
            policy          | DELETE, INSERT, SELECT, UPDATE
            namespace       | DELETE, INSERT, SELECT, UPDATE
            attribute_trust | DELETE, INSERT, SELECT, UPDATE
            withdrawal      | INSERT, SELECT, UPDATE
            launch_grant    | INSERT, SELECT
            session_denial  | INSERT, SELECT
            join_token      | INSERT, SELECT
            host            | SELECT
            host_certificate | SELECT
            ec2_instance    | SELECT
            policy_version  | SELECT
            policy_revision | SELECT
            namespace_revision | SELECT
            agent           | SELECT
            lease           | SELECT
            """)
    void administrationMayDoThisAndNoMore(String table, String rights) {
        assertThat(rights("mesos_iam_admin", table)).containsExactly(rights);
    }

    @Test
    void administrationThatGetsItsRightsLaterHasTheSame() {
        DB.execute("create role late_administration");
        try {
            DB.execute("select grant_administration('late_administration')");

            assertThat(allRights("late_administration"))
                    .isNotEmpty()
                    .containsExactlyElementsOf(allRights("mesos_iam_admin"));
        } finally {
            DB.execute("drop owned by late_administration");
            DB.execute("drop role late_administration");
        }
    }

    /** Of relations, columns and functions. */
    private static List<String> allRights(String role) {
        return DB.query("""
                select table_name || ' ' || column_name || ' ' || privilege_type as named from information_schema.column_privileges
                where grantee = '%1$s'
                union
                select table_name || ' ' || privilege_type from information_schema.table_privileges where grantee = '%1$s'
                union
                select specific_name || ' ' || privilege_type from information_schema.routine_privileges where grantee = '%1$s'
                order by named
                """.formatted(role));
    }

    private static List<String> rights(String role, String table) {
        return DB.query("""
                select string_agg(privilege, ', ' order by privilege)
                from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as privilege
                where has_table_privilege('%s', '%s', privilege)
                """.formatted(role, table));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update audit_event set actor = 'another actor'",
                "delete from audit_event",
                "truncate audit_event",
                "update policy_version set version = 0",
                "insert into policy (name, effect, match_all) values ('mine', 'deny', true)",
                "select grant_application('mesos_iam_app')"
            })
    void theApplicationIsRefused(String sql) throws SQLException {
        try (Connection connection = asApplication();
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).hasMessageContaining("permission denied");
        }
    }

    @Test
    void theApplicationAddsAuditEventsAndKeepsLeases() throws SQLException {
        try (Connection connection = asApplication();
                Statement statement = connection.createStatement()) {
            statement.execute("insert into audit_event (kind, actor, iam_role_arn) values ('lease.issued', 'c-1', '"
                    + ROLE_ARN + "')");
            statement.execute("insert into withdrawal (framework_id, reason) values ('f-2', 'evicted')");
        }

        assertThat(DB.query("select actor from audit_event where kind = 'lease.issued'"))
                .containsExactly("c-1");
    }

    /** What POST /api/v1/withdrawals runs, if the administration has no database user of its own. */
    @Test
    void theApplicationIsGivenTheFaultsOfAWithdrawal() throws SQLException {
        try (Connection connection = asApplication();
                Statement statement = connection.createStatement();
                ResultSet faults = statement.executeQuery(
                        "select constraint_name from row_violations('withdrawal', '{\"reason\": \"leaked\"}')")) {
            assertThat(faults.next()).isTrue();
            assertThat(faults.getString(1)).isEqualTo("withdrawal_names_someone");
        }
    }

    @Test
    void whoMayWritePoliciesNeedNotBeAbleToWriteTheirVersion() throws SQLException {
        DB.execute("create role policy_writer");
        DB.execute("grant select, insert, update on policy to policy_writer");
        long before = version();
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role policy_writer");
            statement.execute("create temporary table policy_version (version bigint, changed_at timestamptz)");
            statement.execute("insert into policy (name, effect, match_all) values ('written', 'deny', true)");
        } finally {
            DB.execute("drop owned by policy_writer");
            DB.execute("drop role policy_writer");
        }

        assertThat(version()).isEqualTo(before + 1);
    }

    /** Where the owner may not make roles, the migrations still run, and the role can be given its rights later. */
    @Test
    void migratesWithoutTheRightToMakeRoles() throws SQLException {
        DB.execute("alter role mesos_iam_app rename to mesos_iam_app_away");
        DB.execute("create role plain_owner login password 'owner' nosuperuser nocreaterole");
        try (TestDatabase empty = TestPostgres.emptyDatabase()) {
            empty.execute("grant all on schema public to plain_owner");

            TestPostgres.migrate(empty.jdbcUrl(), "plain_owner", "owner");

            empty.execute("create role late_application");
            try (Connection owner = DriverManager.getConnection(empty.jdbcUrl(), "plain_owner", "owner");
                    Statement statement = owner.createStatement()) {
                statement.execute("select grant_application('late_application')");
            }
            assertThat(empty.query("select has_table_privilege('late_application', 'lease', 'insert')"))
                    .containsExactly("t");
        } finally {
            DB.execute("alter role mesos_iam_app_away rename to mesos_iam_app");
            DB.execute("drop role late_application");
            DB.execute("drop role plain_owner");
        }
    }

    private static long version() {
        return Long.parseLong(DB.query("select version from policy_version").getFirst());
    }

    private static Connection asApplication() throws SQLException {
        Connection connection = DB.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set role mesos_iam_app");
        }
        return connection;
    }

    /** What is notified on a channel while a statement runs. A commit has delivered it by the listener's next answer. */
    private static List<String> notifiedBy(String sql, String channel) {
        List<String> payloads = new CopyOnWriteArrayList<>();
        SqlConnection listener = DB.pool().getConnectionAndAwait();
        try {
            PgConnection.cast(listener.getDelegate()).notificationHandler(n -> payloads.add(n.getPayload()));
            listener.query("listen " + channel).executeAndAwait();
            DB.execute(sql);
            listener.query("select 1").executeAndAwait();
            listener.query("unlisten *").executeAndAwait();
        } finally {
            listener.closeAndAwait();
        }
        return payloads;
    }
}
