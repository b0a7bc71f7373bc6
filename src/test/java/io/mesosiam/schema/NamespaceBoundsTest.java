package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.postgres.OneStatement;
import io.vertx.pgclient.PgException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The database refuses a policy outside the bounds of its namespaces, by whatever user it is written. */
class NamespaceBoundsTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String INSERT =
            "insert into policy (namespace, name, effect, framework_principal, iam_role_arn)"
                    + " values ('/data/reporting', '%s', 'allow', 'svc-web', 'arn:aws:iam::123456789012:role/ops')";

    @BeforeEach
    void empty() {
        DB.execute("delete from policy");
        DB.execute("delete from namespace where path <> '/'");
        DB.execute("insert into namespace (path) values ('/data'), ('/data/reporting')");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            iam_role_arns = '{arn:aws:iam::123456789012:role/data-*}'  | iam_role_arn
            aws_accounts = '{210987654321}'                             | iam_role_arn
            via_role_arns = '{arn:aws:iam::123456789012:role/hub-*}'    | via_role_arn
            mesos_roles = '{eng}'                                       | mesos_role
            framework_principals = '{svc-ops}'                          | framework_principal
            longest_ttl = '1 hour'                                      | lease_ttl
            sensitive_only = true                                       | sensitive
            session_policy_floor = '[{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]' | session_policy
            """)
    void theErrorNamesTheColumnTheNamespaceAndTheBound(String bound, String column) {
        DB.execute("update namespace set " + bound + " where path = '/data'");

        String sql = """
                insert into policy (namespace, name, effect, framework_principal, mesos_role, iam_role_arn, via_role_arn, lease_ttl,
                    session_policy)
                values ('/data/reporting', 'p', 'allow', 'svc-web', 'ops', 'arn:aws:iam::123456789012:role/ops',
                    'arn:aws:iam::123456789012:role/other', '1 day',
                    '{"Statement": {"Effect": "Allow"}}')""";
        assertThatThrownBy(() -> OneStatement.run(DB.pool(), sql).await().indefinitely())
                .isInstanceOfSatisfying(PgException.class, refused -> {
                    assertThat(refused.getSqlState()).isEqualTo("23514");
                    assertThat(refused.getTable()).isEqualTo("policy");
                    assertThat(refused.getColumn()).isEqualTo(column);
                    assertThat(refused.getConstraint()).isEqualTo("policy_within_bounds");
                    assertThat(refused.getErrorMessage())
                            .startsWith(column + ": ")
                            .contains("of namespace /data")
                            .contains(bound.substring(0, bound.indexOf(' ')));
                });
    }

    @Test
    void theErrorHasALineForEachViolatedBound() {
        DB.execute("update namespace set aws_accounts = '{210987654321}', longest_ttl = '1 hour' where path = '/data'");
        DB.execute("update namespace set sensitive_only = true where path = '/data/reporting'");

        assertThatThrownBy(() -> OneStatement.run(DB.pool(), INSERT.formatted("p"))
                        .await()
                        .indefinitely())
                .isInstanceOfSatisfying(PgException.class, refused -> assertThat(
                                refused.getErrorMessage().lines())
                        .map(line -> line.replaceAll(": .* (of namespace [^ ]*).*", " $1"))
                        .containsExactly(
                                "iam_role_arn of namespace /data",
                                "lease_ttl of namespace /data",
                                "sensitive of namespace /data/reporting"));
    }

    @Test
    void aPolicyThatIsMovedOrEnabledIsCheckedLikeANewOne() {
        DB.execute("update namespace set aws_accounts = '{210987654321}' where path = '/data'");
        DB.execute(INSERT.formatted("p").replace("'/data/reporting'", "'/'"));

        assertThatThrownBy(() -> execute("update policy set namespace = '/data/reporting'"))
                .hasMessageContaining("aws_accounts of namespace /data");
        DB.execute("update policy set namespace = '/data', enabled = false");
        assertThatThrownBy(() -> execute("update policy set enabled = true"))
                .hasMessageContaining("aws_accounts of namespace /data");
    }

    /** Trust policies of IAM roles rest on these tags. A row that was disabled or has no default tags is refused too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "tags = '{\"mesos-iam-namespace\": \"/\"}'",
                "tags = '{\"MESOS-cluster\": \"other\"}', default_tags = false",
                "tags = '{\"mesos-task\": \"{task:safe}\"}', enabled = false"
            })
    void aPolicyBelowTheRootReplacesNoDefaultTag(String assignments) {
        DB.execute(INSERT.formatted("p"));

        assertThatThrownBy(() -> execute("update policy set " + assignments))
                .hasMessageContaining("policy_tags_of_origin");
        DB.execute("update policy set namespace = '/', " + assignments);
        assertThatThrownBy(() -> execute("update policy set namespace = '/data'"))
                .hasMessageContaining("policy_tags_of_origin");
    }

    /** Such a row gives nothing. It can still be disabled or deleted. */
    @Test
    void aNamespaceCanBeNarrowedWhilePoliciesAreBeyond() {
        DB.execute(INSERT.formatted("p"));
        DB.execute("update namespace set aws_accounts = '{}' where path = '/'");
        try {
            assertThatThrownBy(() -> execute("update policy set priority = 1"))
                    .hasMessageContaining("aws_accounts of namespace /");
            DB.execute("update policy set enabled = false");
            DB.execute("delete from policy");
        } finally {
            DB.execute("update namespace set aws_accounts = null where path = '/'");
        }
    }

    @Test
    void aNamespaceThatIsNarrowedWaitsForAPolicyThatIsBeingWritten() throws Exception {
        try (Connection writing = DB.connect();
                Connection narrowing = DB.connect();
                Statement write = writing.createStatement()) {
            writing.setAutoCommit(false);
            write.execute(INSERT.formatted("first"));
            int process = process(narrowing);
            CompletableFuture<Void> narrowed = narrow(narrowing);
            awaitWaiting(process);
            assertThat(narrowed).isNotDone();

            writing.commit();
            narrowed.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS);
        }

        assertThatThrownBy(() -> execute(INSERT.formatted("second"))).hasMessageContaining("aws_accounts");
    }

    @Test
    void aPolicyIsComparedWithBoundsThatAreCommittedWhileItIsWritten() throws Exception {
        try (Connection narrowing = DB.connect();
                Connection writing = DB.connect();
                Statement narrow = narrowing.createStatement()) {
            narrowing.setAutoCommit(false);
            narrow.execute("update namespace set aws_accounts = '{}' where path = '/data'");
            int process = process(writing);
            CompletableFuture<String> written = CompletableFuture.supplyAsync(() -> {
                try (Statement write = writing.createStatement()) {
                    write.execute(INSERT.formatted("late"));
                    return "accepted";
                } catch (SQLException e) {
                    return e.getMessage();
                }
            });
            awaitWaiting(process);
            narrowing.commit();

            assertThat(written.get(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .contains("aws_accounts of namespace /data");
        }
    }

    @Test
    void aUserWithPlainGrantsIsBoundToo() throws SQLException {
        DB.execute("update namespace set aws_accounts = '{}' where path = '/data'");
        DB.execute("create role bound_writer");
        DB.execute("grant select, insert, update on policy to bound_writer");
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role bound_writer");
            statement.execute("create temporary table namespace (path text, aws_accounts text[])");
            assertThatThrownBy(() -> statement.execute(INSERT.formatted("p")))
                    .hasMessageContaining("aws_accounts of namespace /data");
        } finally {
            DB.execute("drop owned by bound_writer");
            DB.execute("drop role bound_writer");
        }
    }

    private static int process(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            assertThat(row.next()).isTrue();
            return row.getInt(1);
        }
    }

    /** Waits until the statement of this backend waits for a lock. */
    private static void awaitWaiting(int process) {
        await().atMost(TimeLimit.seconds(10))
                .until(() -> DB.query("select cardinality(pg_blocking_pids(%d)) > 0".formatted(process))
                        .equals(List.of("t")));
    }

    private static CompletableFuture<Void> narrow(Connection connection) {
        return CompletableFuture.runAsync(() -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("update namespace set aws_accounts = '{}' where path = '/data'");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
