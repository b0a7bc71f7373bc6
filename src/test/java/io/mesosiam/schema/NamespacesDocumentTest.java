package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/namespaces.md is right. */
class NamespacesDocumentTest {
    private static final Pattern SQL = Pattern.compile(" *```sql\n(.*?)```", Pattern.DOTALL);
    private static final String ERROR = "-- ERROR:  ";

    @Test
    void itsExamplesRunOneAfterAnotherAndFailAsItSays() throws IOException, SQLException {
        List<String> refused = new ArrayList<>();
        try (TestDatabase db = TestPostgres.database()) {
            db.execute("grant all on schema public to public");
            try (Connection connection = db.connect();
                    Statement statement = connection.createStatement()) {
                for (String example : examples()) {
                    try {
                        statement.execute(example);
                    } catch (SQLException e) {
                        assertThat(example).contains(ERROR);
                        assertThat(e.getMessage().lines().findFirst())
                                .hasValue("ERROR: "
                                        + example.substring(example.indexOf(ERROR) + ERROR.length())
                                                .strip());
                        refused.add(example);
                    }
                }
                assertThat(refused).hasSize(1);
                statement.execute(
                        "insert into policy (namespace, name, effect, match_all) values ('/', 'of-the-root', 'deny', true)");
                statement.execute(
                        "insert into policy (namespace, name, effect, match_all) values ('/data/reporting', 'own', 'deny', true)");
                statement.execute("set role reporting_admin");
                assertThat(names(statement)).containsExactly("own");
                boundsAreFixed(statement);
                statement.execute("reset role");
                statement.execute("set role mesos_iam_app");
                assertThat(names(statement)).containsExactly("of-the-root", "own");
                assertThat(count(statement, "select count(*) from namespace")).isEqualTo(4);
                statement.execute("reset role");
                statement.execute("drop owned by reporting_admin");
                statement.execute("drop role reporting_admin");
            }
        }
    }

    @Test
    void itNamesEveryColumnAndConstraintOfANamespace() throws IOException {
        String document = Files.readString(Path.of("docs/namespaces.md"));
        try (TestDatabase db = TestPostgres.database()) {
            assertThat(db.query("""
                    select attname from pg_attribute where attrelid = 'namespace'::regclass and attnum > 0 and not attisdropped
                        and attname not in ('path', 'parent', 'description', 'created_at', 'updated_at', 'version', 'id')
                        and attname !~ '_by$'""")).isNotEmpty().allSatisfy(column -> assertThat(document)
                    .contains("| `" + column + "` |"));
            assertThat(db.query("select conname from pg_constraint where conrelid = 'namespace'::regclass"
                            + " and contype = 'c' and conname ~ '_(list|form|range|floor_[a-z]*)$'"))
                    .isNotEmpty()
                    .allSatisfy(constraint -> assertThat(document).contains("`" + constraint + "`"));
        }
    }

    /** The administrator of a namespace writes those below it, and can't lift its own bounds. */
    private static void boundsAreFixed(Statement statement) throws SQLException {
        statement.execute("insert into namespace (path) values ('/data/reporting/daily')");
        assertThat(statement.executeUpdate("update namespace set mesos_roles = '{data/reporting/a}'"))
                .isEqualTo(1);
        assertThat(statement.executeUpdate("update namespace set mesos_roles = null where path = '/data/reporting'"))
                .isZero();
        assertThat(statement.executeUpdate("delete from namespace where path = '/data/reporting'"))
                .isZero();
        assertThatThrownBy(() -> statement.execute("insert into namespace (path) values ('/ops')"))
                .hasMessageContaining("row-level security");
        assertThatThrownBy(() -> statement.execute("update namespace set path = '/data/other'"))
                .hasMessageContaining("row-level security");
        assertThatThrownBy(() -> statement.execute("update policy set namespace = '/'"))
                .hasMessageContaining("row-level security");
    }

    private static int count(Statement statement, String sql) throws SQLException {
        try (var row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getInt(1);
        }
    }

    private static List<String> examples() throws IOException {
        return SQL.matcher(Files.readString(Path.of("docs/namespaces.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private static List<String> names(Statement statement) throws SQLException {
        List<String> names = new ArrayList<>();
        try (var rows = statement.executeQuery("select name from policy order by name")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
