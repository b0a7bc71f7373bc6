package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which of our functions a database user without any right of ours can run, as the catalog has it. */
class FunctionRightsTest {
    private static final TestDatabase DB = TestPostgres.database();

    /** Constraints need these of every user that writes a row: they depend on nothing but their arguments. */
    private static final String PURE = """
            (p.provolatile = 'i' and not p.prosecdef and p.prosqlbody is not null and not exists (
                select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                    and d.refclassid = 'pg_class'::regclass))""";

    @BeforeAll
    static void aUserWithoutRights() {
        DB.execute("drop role if exists stranger");
        DB.execute("create role stranger");
    }

    @AfterAll
    static void drop() {
        DB.execute("drop owned by stranger");
        DB.execute("drop role stranger");
        DB.close();
    }

    static List<String> triggerFunctions() {
        return DB.query(
                "select oid::regprocedure::text from pg_proc where pronamespace = current_schema()::regnamespace"
                        + " and prorettype = 'trigger'::regtype");
    }

    @Test
    void onlyFunctionsOfConstraintsAreExecutableByEveryone() {
        assertThat(DB.query(
                        "select p.oid::regprocedure from pg_proc p where pronamespace = current_schema()::regnamespace"
                                + " and not " + PURE + " and has_function_privilege('stranger', p.oid, 'execute')"))
                .isEmpty();
    }

    @Test
    void noNameInAFunctionIsLookedUpInTheCallersSearchPath() {
        // a body in standard SQL is bound when the function is made
        assertThat(DB.query("""
                select oid::regprocedure from pg_proc
                where pronamespace = current_schema()::regnamespace and prosqlbody is null
                    and not coalesce(array_to_string(proconfig, ';') ~ 'search_path=.+, pg_temp', false)
                """)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("triggerFunctions")
    void strangerCannotMakeATriggerOfOurs(String function) throws SQLException {
        String version = DB.query("select version from policy_version").getFirst();
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role stranger");
            statement.execute("create temporary table mine (id bigint generated always as identity)");
            assertThatThrownBy(() -> statement.execute(
                            "create trigger mine after insert on mine for each row execute function " + function))
                    .hasMessageContaining("permission denied for function");
        }
        assertThat(DB.query("select version from policy_version")).containsExactly(version);
    }

    @Test
    void plainGrantsAreEnoughToWritePolicies() throws SQLException {
        DB.execute("grant select, insert, update, delete on policy, namespace, attribute_trust to stranger");
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set role stranger");
            statement.execute("insert into namespace (path) values ('/s'), ('/s/t')");
            statement.execute("insert into policy (namespace, name, effect, framework_principal, iam_role_arn, labels,"
                    + " agent_attributes, tags, transitive_tags, session_name, session_policy, session_policy_arns) values"
                    + " ('/s/t', 'p', 'allow', 'svc', 'arn:aws:iam::123456789012:role/r', '[{\"key\": \"team\"}]',"
                    + " '{\"rack\": 109}', '{\"team\": \"{task:safe}\"}', '{team}', '{task}-s',"
                    + " '{\"Statement\": [{\"Effect\": \"Deny\"}]}', '{arn:aws:iam::aws:policy/ReadOnlyAccess}')");
            statement.execute("insert into attribute_trust (framework_principal, attribute) values ('svc', 'image')");
            statement.execute("update policy set priority = 1");
            statement.execute("delete from policy");
        } finally {
            DB.execute("delete from attribute_trust");
            DB.execute("delete from namespace where path = '/s/t'");
            DB.execute("delete from namespace where path = '/s'");
            DB.execute("revoke all on policy, namespace, attribute_trust from stranger");
        }
    }
}
