package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The database alone says when a row was written: neither the controllers' role nor the owner can choose it. */
class WrittenTimesTest {
    private static final TestDatabase DB = TestPostgres.database();

    private static final String LEASE = """
            insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, witnessed,
                created_at, state, reason, recorded_at, written_at)
            values ('00000000-0000-0000-0000-000000000001', 'f', 't', 'a', 1, 'default', true,
                '2020-01-01', 'pending', 'new', '2020-01-01', '2020-01-01')
            on conflict (id) do nothing""";

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesos_iam_app", "postgres"})
    void anAuditEventWithAChosenIdIsRefused(String user) throws SQLException {
        try (Connection connection = as(user);
                Statement statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute("insert into audit_event (id, kind, actor)"
                            + " overriding system value values (7000000, 'lease.issued', 'c-1')"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("428C9"))
                    .hasMessageContaining("column id of audit_event is set by the database alone");

            // neither does an id that the session has drawn before open the way to another
            statement.execute("insert into audit_event (kind, actor) values ('lease.issued', 'c-1')");
            assertThatThrownBy(() -> statement.execute("insert into audit_event (id, kind, actor)"
                            + " overriding system value values (1000000, 'lease.issued', 'c-1')"))
                    .hasMessageContaining("set by the database alone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mesos_iam_app", "postgres"})
    void anAuditEventIsDatedAndSignedByTheDatabase(String user) throws SQLException {
        try (Connection connection = as(user);
                Statement statement = connection.createStatement()) {
            statement.execute("insert into audit_event (kind, actor, task_id, occurred_at, written_by)"
                    + " values ('lease.issued', 'c-1', 'dated-by-" + user + "', '2020-01-01', 'alice')");
        }

        assertThat(DB.query("select occurred_at > now() - interval '1 hour' and reported_at = '2020-01-01'"
                        + " and written_by = 'postgres' from audit_event where task_id = 'dated-by-" + user + "'"))
                .containsExactly("t");
    }

    @Test
    void severalAuditEventsOfOneStatementEachHaveTheNextId() {
        DB.execute("insert into audit_event (kind, actor, task_id)"
                + " select 'lease.issued', 'c-1', 'many' from generate_series(1, 50) as n order by n desc");

        assertThat(DB.query("select count(distinct id) from audit_event where task_id = 'many'"))
                .containsExactly("50");
    }

    @Test
    void notEvenTheOwnerChangesAnAuditEvent() {
        DB.execute("insert into audit_event (kind, actor) values ('lease.issued', 'c-1')");

        assertThatThrownBy(() -> DB.execute("update audit_event set actor = 'c-2'"))
                .hasStackTraceContaining("an audit event is never changed");
    }

    @Test
    void aLeaseSaysWhenItsRowWasWrittenAndKeepsItsCreation() throws SQLException {
        try (Connection connection = as("mesos_iam_app");
                Statement statement = connection.createStatement()) {
            statement.execute(LEASE);
            statement.execute("update lease set created_at = '2021-01-01', recorded_at = '2021-01-01',"
                    + " written_at = '2021-01-01', reason = 'newer'");
        }

        assertThat(DB.query("select created_at = '2020-01-01' and recorded_at > now() - interval '1 hour'"
                        + " and written_at >= recorded_at and reason = 'newer' from lease"))
                .containsExactly("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy          | created_at | (name, effect, match_all, created_at) values ('dated', 'deny', true, '2020-01-01')
            policy          | updated_at | (name, effect, match_all, updated_at) values ('dated-2', 'deny', true, '2020-01-01')
            namespace       | created_at | (path, created_at) values ('/dated', '2020-01-01')
            attribute_trust | created_at | (framework_principal, attribute, created_at) values ('svc', 'image', '2020-01-01')
            agent           | created_at | (mesos_agent_id, hostname, created_at) values ('S1', 'host1', '2020-01-01')
            launch_grant    | made_at    | (iam_role_arn, framework_principal, task_id, made_at, expires_at) values ('arn:aws:iam::123456789012:role/web', 'svc', 't', '2020-01-01', now() + interval '1 hour')
            join_token      | made_at    | (hash, hostname, made_at, expires_at) values (sha256('dated'), 'host1.example', '2020-01-01', now() + interval '1 hour')
            host            | made_at    | (hostname, made_at) values ('dated.example', '2020-01-01')
            withdrawal      | made_at    | (framework_id, reason, made_at) values ('f', 'evicted', '2020-01-01')
            """)
    void aRowIsDatedByTheDatabase(String table, String column, String row) {
        DB.execute("insert into " + table + " " + row);
        DB.execute("update " + table + " set " + column + " = '2020-01-01'");

        assertThat(DB.query("select bool_and(" + column + " > now() - interval '1 hour') from " + table
                        + (table.equals("namespace") ? " where path <> '/'" : "")))
                .containsExactly("t");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            withdrawal      | made_by    | made_by = 'alice'    | (framework_id, reason, made_by) values ('signed', 'x', 'alice')
            launch_grant    | made_by    | made_by = 'alice'    | (iam_role_arn, framework_principal, task_id, made_by, expires_at) values ('arn:aws:iam::123456789012:role/web', 'svc', 't', 'alice', now() + interval '1 hour')
            attribute_trust | made_by    | made_by = 'alice'    | (framework_principal, attribute, made_by) values ('signed', 'task_name', 'alice')
            policy          | created_by | created_by = 'alice' | (name, effect, match_all, created_by) values ('signed', 'deny', true, 'alice')
            policy          | updated_by | updated_by = 'alice' | (name, effect, match_all, updated_by) values ('signed-2', 'deny', true, 'alice')
            """)
    void theDatabaseSaysWhoWroteARow(String table, String column, String forged, String row) {
        DB.execute("insert into " + table + " " + row);
        DB.execute("update " + table + " set " + forged);

        assertThat(DB.query("select distinct " + column + " from " + table)).containsExactly("postgres");
    }

    @Test
    void withdrawalIsLiftedByTheUserAndAtTheTimeThatTheDatabaseSays() throws SQLException {
        DB.execute("create role lifter login password 'lifter'");
        DB.execute("grant select, insert, update on withdrawal to lifter");
        DB.execute("insert into withdrawal (framework_id, reason) values ('lifted', 'x')");
        try (Connection connection = DriverManager.getConnection(DB.jdbcUrl(), "lifter", "lifter");
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "update withdrawal set lifted_at = '2020-01-01', lifted_by = 'alice', made_at = '2020-01-01'"
                            + " where framework_id = 'lifted'");
        }
        assertThat(DB.query("select concat_ws(' ', made_by, lifted_by, made_at > now() - interval '1 hour',"
                        + " lifted_at > now() - interval '1 hour') from withdrawal where framework_id = 'lifted'"))
                .containsExactly("postgres lifter t t");

        // a later change of the row doesn't sign it again
        DB.execute("update withdrawal set lifted_at = '2031-01-01', reason = 'y' where framework_id = 'lifted'");
        assertThat(DB.query("select lifted_by || (lifted_at < now()) from withdrawal where framework_id = 'lifted'"))
                .containsExactly("liftertrue");
        DB.execute("drop owned by lifter");
        DB.execute("drop role lifter");
    }

    /** A controller states its caller; the statement of a person with the role of administration is ignored. */
    @ParameterizedTest
    @CsvSource({"operator, token:ci", "writer, writer"})
    void withdrawalsAndTrustAreSignedWithTheCallerOfTheApi(String user, String signature) throws SQLException {
        DB.execute("create role " + user + " login password 'secret'" + " in role mesos_iam_admin"
                + (user.equals("operator") ? ", mesos_iam_app" : ""));
        DB.execute("grant select, insert, update on withdrawal, attribute_trust to " + user);
        try (Connection connection = DriverManager.getConnection(DB.jdbcUrl(), user, "secret");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local mesos_iam.caller = 'token:ci'");
            statement.execute("insert into withdrawal (framework_id, reason) values ('" + user + "', 'x')");
            statement.execute("update withdrawal set lifted_at = now() where framework_id = '" + user + "'");
            statement.execute("insert into attribute_trust (framework_principal, attribute) values ('" + user
                    + "', 'task_user')");
            connection.commit();
        }

        assertThat(DB.query("select made_by || ' ' || lifted_by from withdrawal where framework_id = '" + user + "'"))
                .containsExactly(signature + " " + signature);
        assertThat(DB.query("select made_by from attribute_trust where framework_principal = '" + user + "'"))
                .containsExactly(signature);
        DB.execute("delete from attribute_trust where framework_principal = '" + user + "'");
        DB.execute("delete from withdrawal where framework_id = '" + user + "'");
        DB.execute("drop owned by " + user);
        DB.execute("drop role " + user);
    }

    @Test
    void anApiTokenIsDatedAndSignedByTheDatabase() {
        DB.execute("insert into api_token (name, hash, roles, expires_at, created_at, created_by)"
                + " values ('dated', sha256('dated'), '{viewer}', now() + interval '1 day', '2020-01-01', 'alice')");

        assertThat(
                        DB.query(
                                "select created_at > now() - interval '1 hour' and created_by = 'database:postgres' from api_token where name = 'dated'"))
                .containsExactly("t");
    }

    @Test
    void aRevisionOfAPolicyIsDatedByTheDatabase() {
        DB.execute("insert into policy (name, effect, task_name, iam_role_arn, updated_at)"
                + " values ('revised', 'allow', 'x', 'arn:aws:iam::111122223333:role/x', '2020-01-01')");

        assertThat(DB.query(
                        "select changed_at > now() - interval '1 hour' from policy_revision where name = 'revised'"))
                .containsExactly("t");
    }

    @Test
    void aNamespaceAndItsRevisionAreDatedAndSignedByTheDatabase() {
        DB.execute("insert into namespace (path, created_by, updated_by, updated_at)"
                + " values ('/signed', 'alice', 'alice', '2020-01-01')");

        String recent = "namespace.updated_at > now() - interval '1 hour'";
        assertThat(DB.query("select " + recent + " and created_by = 'postgres' and updated_by = 'postgres'"
                        + " from namespace where path = '/signed'"))
                .containsExactly("t");
        assertThat(DB.query("select changed_at > now() - interval '1 hour' and database_user = 'postgres'"
                        + " from namespace_revision where path = '/signed'"))
                .containsExactly("t");
    }

    /** A new column of this kind is signed or dated too, or named here with the reason. */
    @Test
    void everyColumnThatSaysWhoOrWhenIsSetByTheDatabase() {
        assertThat(DB.query("""
                select c.table_name || '.' || c.column_name from information_schema.columns c
                join pg_class t on t.oid = format('%I.%I', c.table_schema, c.table_name)::regclass and t.relkind in ('r', 'p') and not t.relispartition
                where c.table_schema = current_schema() and c.column_name ~ '^(created|updated|made|lifted|written|recorded|occurred|changed)_(at|by)$'
                """))
                .containsExactlyInAnyOrder(
                        "agent.created_at",
                        "api_token.created_at",
                        "api_token.created_by",
                        "attribute_trust.created_at",
                        "attribute_trust.made_by",
                        "audit_event.occurred_at",
                        "audit_event.written_by",
                        "launch_grant.made_at",
                        "launch_grant.made_by",
                        "authority.created_at",
                        "authority.created_by",
                        "host.made_at",
                        "join_token.made_at",
                        "join_token.made_by",
                        // the controller's clock, kept from the first write on
                        "lease.created_at",
                        "lease.recorded_at",
                        "lease.written_at",
                        "namespace.created_at",
                        "namespace.created_by",
                        "namespace.updated_at",
                        "namespace.updated_by",
                        "namespace_revision.changed_at",
                        "policy.created_at",
                        "policy.created_by",
                        "policy.updated_at",
                        "policy.updated_by",
                        "policy_revision.changed_at",
                        "policy_version.changed_at",
                        "withdrawal.lifted_at",
                        "withdrawal.lifted_by",
                        "withdrawal.made_at",
                        "withdrawal.made_by");
    }

    /** Before ids were the database's, an application could insert rows ahead of the sequence. */
    @Test
    void idsChosenBeforeTheMigrationDoNotCollideLater() throws SQLException {
        try (TestDatabase old = TestPostgres.emptyDatabase()) {
            TestPostgres.migrateTo("6", old.jdbcUrl(), old.user(), old.password());
            old.execute(
                    "insert into audit_event (id, kind, actor) overriding system value"
                            + " values (2, 'lease.issued', 'f'), (7, 'lease.issued', 'f'), (9223372036854775807, 'lease.issued', 'f')");
            TestPostgres.migrate(old.jdbcUrl(), old.user(), old.password());

            old.execute(
                    "insert into audit_event (kind, actor) select 'lease.issued', 'c-1' from generate_series(1, 5)");

            assertThat(old.query("select id from audit_event where actor = 'c-1' order by id"))
                    .containsExactly("8", "9", "10", "11", "12");
        }
    }

    @Test
    void theVersionOfThePoliciesNeverGoesBack() {
        assertThatThrownBy(() -> DB.execute("update policy_version set version = version - 1"))
                .hasStackTraceContaining("the version of the policies only grows");

        DB.execute("update policy_version set version = version + 1, changed_at = '2020-01-01'");
        assertThat(DB.query("select changed_at > now() - interval '1 hour' from policy_version"))
                .containsExactly("t");
    }

    private static Connection as(String user) throws SQLException {
        Connection connection = DB.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("set role " + user);
        }
        return connection;
    }
}
