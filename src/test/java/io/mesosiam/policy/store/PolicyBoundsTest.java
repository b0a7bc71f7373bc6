package io.mesosiam.policy.store;

import static io.mesosiam.policy.store.UnusualRows.ROLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.policy.UnusableRow.RejectedRow;
import io.mesosiam.postgres.SessionPool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything that the policy table accepts can be read, and is bounded. */
@Timeout(300)
class PolicyBoundsTest {
    private static final int ROWS = 3_000;
    private static final Pattern CONSTRAINT = Pattern.compile("constraint \"(\\w+)\"");

    private final UnusualRows rows = new UnusualRows();

    /** Each rejection names a constraint of the table, so that an operator sees the column. */
    @Test
    void acceptedRowsCanBeReadAndRejectionsNameAConstraint() throws SQLException {
        try (TestDatabase database = TestPostgres.database();
                Connection connection = database.connect()) {
            int accepted = 0;
            for (int i = 0; i < ROWS; i++) {
                Map<String, String> row = rows.next();
                try {
                    insert(connection, "p" + i, row);
                    accepted++;
                } catch (SQLException e) {
                    assertThat(e.getSQLState())
                            .as("%s: %s", row, e.getMessage())
                            .isEqualTo("23514");
                    assertThat(constraint(e)).as("%s", row).startsWith("policy_");
                }
            }
            try (PolicyTable table = table(database)) {
                table.start(_ -> {});
                assertThat(table.current().rejected()).isEmpty();
                assertThat(table.current().policies()).hasSize(accepted);
                assertThat(accepted).isBetween(ROWS / 20, ROWS);
            }
        }
    }

    /**
     * Checks the columns that a user with the right to write these tables can set. The database sets the columns that
     * name a user.
     */
    @Test
    void noColumnThatOperatorsWriteAcceptsMoreThan64Kibibytes() {
        try (TestDatabase database = TestPostgres.database()) {
            database.execute("insert into namespace (path) values ('/data')");
            database.execute(
                    "insert into policy (name, effect, labels, agent_attributes, session_policy, iam_role_arn, tags)"
                            + " values ('a', 'allow', '[{\"key\": \"a\"}]', '{\"a\": \"b\"}', '{\"Statement\": [{\"Sid\": \"a\"}]}', '"
                            + ROLE + "web', '{\"a\": \"b\"}')");
            database.execute("insert into attribute_trust (framework_principal, attribute) values ('svc', 'label')");
            database.execute(
                    "insert into withdrawal (framework_id, task_id, mesos_agent_id, reason) values ('f', 't', 'a', 'r')");
            List<String> columns = database.query("""
                    select table_name || ' ' || column_name || ' ' || data_type from information_schema.columns
                    where table_name in ('policy', 'attribute_trust', 'namespace', 'withdrawal') and is_generated = 'NEVER'
                        and data_type in ('text', 'json', 'jsonb', 'ARRAY')""");
            assertThat(columns).hasSizeGreaterThan(35);

            for (String column : columns) {
                String[] parts = column.split(" ", 3);
                assertThat(longest(database, parts[0], parts[1], parts[2]))
                        .as(column)
                        .isLessThanOrEqualTo(65_536);
            }
        }
    }

    private static int longest(TestDatabase database, String table, String column, String type) {
        String big =
                switch (type) {
                    case "text" -> "repeat('x', 131072)";
                    case "ARRAY" -> "array_fill('a'::text, array[131072])";
                    // The type json keeps spaces.
                    default -> "overlay(" + column + "::text placing repeat(' ', 131072) from 2 for 0)::" + type;
                };
        try {
            database.execute("update " + table + " set " + column + " = " + big);
        } catch (IllegalStateException refused) {
            assertThat(refused).as(column).hasMessageContaining("violates");
        }
        return Integer.parseInt(
                database.query("select coalesce(max(octet_length(" + column + "::text)), 0) from " + table)
                        .getFirst());
    }

    @Test
    void rowsThatALaterConstraintRejectsAreKeptAndReportedAsUnusable() {
        try (TestDatabase database = TestPostgres.emptyDatabase()) {
            TestPostgres.migrateTo("12", database.jdbcUrl(), database.user(), database.password());
            database.execute("""
                    insert into policy (name, effect, task_user, labels) values
                    ('long', 'deny', 'web', json_build_array(json_build_object('key', 'a', 'value', repeat('x', 15000000)))),
                    ('fine', 'deny', 'web', '[{"key": "a"}]')""");
            database.execute(
                    "insert into policy (name, effect, task_user, mesos_role) values ('odd', 'deny', 'web', '\ufffd')");
            database.execute(
                    "insert into policy (name, effect, task_user, agent_attributes) values ('damaged', 'deny', 'web', '{\"a\": \"\\ufffd\"}')");
            String version =
                    database.query("select version from policy_version").getFirst();

            TestPostgres.migrate(database.jdbcUrl(), database.user(), database.password());

            assertThat(database.query("select name from policy order by name"))
                    .containsExactly("damaged", "fine", "long", "odd");
            assertThat(database.query("select version from policy_version")).containsExactly(version);
            assertThat(database.query("select conname from pg_constraint where not convalidated order by conname"))
                    .containsExactly(
                            "policy_agent_attributes_characters", "policy_labels_length", "policy_mesos_role_form");
            assertThatThrownBy(() -> database.execute("update policy set enabled = false where name = 'long'"))
                    .hasMessageContaining("policy_labels_length");
            try (PolicyTable table = table(database)) {
                table.start(_ -> {});
                assertThat(table.current().rejected())
                        .extracting(RejectedRow::name, RejectedRow::reason)
                        .containsExactlyInAnyOrder(
                                tuple("long", "labels: it has more than 65,536 characters"),
                                tuple("odd", "mesos_role: Mesos role contains bytes that are not UTF-8"));
            }
        }
    }

    /** Returns the constraint that PostgreSQL's message names; empty if it names none. */
    private static String constraint(SQLException refusal) {
        Matcher named = CONSTRAINT.matcher(String.valueOf(refusal.getMessage()));
        return named.find() ? named.group(1) : "";
    }

    private static void insert(Connection connection, String name, Map<String, String> row) throws SQLException {
        String columns = String.join(", ", row.keySet());
        String values = row.keySet().stream()
                .map(column -> switch (column) {
                    case "labels", "agent_attributes", "tags", "session_policy" -> "?::json";
                    case "transitive_tags", "session_policy_arns" -> "?::text[]";
                    case "session_length", "lease_ttl" -> "?::interval";
                    default -> "?";
                })
                .collect(Collectors.joining(", "));
        try (PreparedStatement statement =
                connection.prepareStatement("insert into policy (name, " + columns + ") values (?, " + values + ")")) {
            statement.setString(1, name);
            int i = 2;
            for (String value : row.values()) {
                statement.setString(i++, value);
            }
            statement.execute();
        }
    }

    private static PolicyTable table(TestDatabase database) {
        return new PolicyTable(
                database.pool(),
                new SessionPool(database.pool()),
                new TestPolicyConfig(Duration.ofHours(1)),
                new Random(1),
                Optional.empty());
    }
}
