package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every version of a namespace is kept, whichever client made it. */
class NamespaceRevisionTest {
    private static final TestDatabase DB = TestPostgres.database();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void eachChangeIsAVersionWithItsContent() {
        DB.execute("insert into namespace (path, description) values ('/kept', 'one')");
        DB.execute("update namespace set description = 'two', version = 40, id = gen_random_uuid()"
                + " where path = '/kept'");
        DB.execute("delete from namespace where path = '/kept'");

        assertThat(revisions("/kept", "operation || ' ' || version || ' ' || (content ->> 'description')"))
                .containsExactly("insert 1 one", "update 2 two", "delete 3 two");
        assertThat(DB.query("select count(distinct namespace_id) from namespace_revision where path = '/kept'"))
                .containsExactly("1");
    }

    @Test
    void namespaceFromBeforeTheHistoryHasAFirstVersion() {
        assertThat(revisions("/", "operation || ' ' || version")).first().isEqualTo("existing 1");
    }

    @Test
    void truncateKeepsTheDeletionOfEachNamespace() {
        try (TestDatabase emptied = TestPostgres.database()) {
            emptied.execute("insert into namespace (path) values ('/emptied')");
            emptied.execute("truncate namespace cascade");

            assertThat(emptied.query("select path || ' ' || operation || ' ' || version from namespace_revision"
                            + " where path <> '/' order by version"))
                    .containsExactly("/emptied insert 1", "/emptied delete 2");
            assertThat(emptied.query("select object from audit_event where kind = 'namespace.deleted' order by object"))
                    .containsExactly("namespace:/", "namespace:/emptied");
        }
    }

    @Test
    void versionIsNeverChanged() {
        assertThatThrownBy(() -> DB.execute("update namespace_revision set caller = 'x'"))
                .hasMessageContaining("a version of a namespace is never changed");
    }

    @Test
    void everyFaultOfARowIsFoundAtOnce() {
        assertThat(DB.query("select constraint_name from row_violations('namespace', "
                        + "'{\"path\": \"/x\", \"aws_accounts\": [\"1\"], \"mesos_roles\": [\"a//b\"],"
                        + " \"longest_ttl\": \"5 seconds\", \"session_policy_floor\": []}')"))
                .contains(
                        "namespace_aws_accounts_form",
                        "namespace_mesos_roles_form",
                        "namespace_longest_ttl_range",
                        "namespace_session_policy_floor_shape");
    }

    private static List<String> revisions(String path, String expression) {
        return DB.query(
                "select " + expression + " from namespace_revision where path = '" + path + "' order by version");
    }
}
