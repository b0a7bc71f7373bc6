package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.admin.Constraints;
import io.mesosiam.admin.Policies;
import io.mesosiam.admin.Refused.Fault;
import io.mesosiam.admin.namespace.Namespaces;
import io.mesosiam.admin.trust.Trusts;
import io.mesosiam.admin.withdrawal.Withdrawals;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The comments on all constraints of what operators write: psql reads columns in them, the API answers with the fields of JSON. */
class ConstraintMessagesTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Map<String, Constraints> TABLES = Map.of(
            "policy", Policies.CONSTRAINTS,
            "namespace", Namespaces.CONSTRAINTS,
            "attribute_trust", Trusts.CONSTRAINTS,
            "withdrawal", Withdrawals.CONSTRAINTS);
    private static final Pattern COLUMN = Pattern.compile("[a-z]+(_[a-z]+)+");
    private static final Pattern FIELD = Pattern.compile("\\b[a-z]+([A-Z][a-z]+)+");

    /** Constraints of several columns, each of which can be the wrong one. */
    private static final Set<String> WITHOUT_FIELD = Set.of("withdrawal_names_someone");

    /** The values of a field are the names of selectors, which the API writes as the columns. */
    private static final Set<String> VALUES =
            Set.of("framework_name", "mesos_role", "task_name", "task_user", "agent_attribute");

    @AfterAll
    static void drop() {
        DB.close();
    }

    static List<Arguments> checks() {
        return DB.query("""
                select conrelid::regclass || '|' || conname || '|' || obj_description(oid, 'pg_constraint') from pg_constraint
                where contype = 'c' and conrelid = any (array['policy', 'namespace', 'attribute_trust', 'withdrawal']::regclass[])
                order by conname""").stream()
                .map(row -> Arguments.of((Object[]) row.split("\\|", 3)))
                .toList();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("checks")
    void apiReadsFieldsAndPsqlColumns(String table, String constraint, String comment) {
        Fault fault = TABLES.get(table).fault(constraint, comment);

        assertThat(names(COLUMN, fault.field() + " " + fault.message()))
                .isSubsetOf(table.equals("attribute_trust") ? VALUES : Set.of());
        assertThat(fault.message())
                .as("an array or an interval of SQL")
                .doesNotContainPattern("\\{[^\"}]*}$")
                .satisfies(message -> {
                    if (fault.field().endsWith("Seconds")) {
                        assertThat(message).doesNotContainPattern("minute|hour|day");
                    }
                });
        assertThat(names(FIELD, comment)).isEmpty();
        assertThat(names(COLUMN, comment))
                .as("columns of the table")
                .allMatch(name -> TABLES.get(table).fields().containsKey(name)
                        || VALUES.contains(name)
                        || Set.of("made_by", "created_by").contains(name));
        assertThat(fault.field().isEmpty()).isEqualTo(WITHOUT_FIELD.contains(constraint));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policy_without_selector_needs_match_all | matchAll             | a policy without a selector
            policy_region_partition                 | region               | the partition of iamRoleArn
            policy_session_length_bounds            | sessionLengthSeconds | 900 to 43200 s
            policy_short_session_is_said            | sessionLengthSeconds | under 3600 s only with shortSession = true
            policy_lease_ttl_bounds                 | leaseTtlSeconds      | 60 to 31536000 s
            policy_via_role_arn_session_length      | viaRoleArn           | to 3600 s, so sessionLengthSeconds is at most 3600 s
            policy_shared_session_names_no_task     | sharing              | leave {task} and {container} out of sessionName
            namespace_longest_ttl_range             | longestTtlSeconds    | 60 to 31536000 s
            namespace_mesos_roles_form              | mesosRoles           | at most 512 bytes: ["eng/data"]
            namespace_iam_role_arns_form            | iamRoleArns          | : ["arn:aws:iam::123456789012:role/data-*"]
            withdrawal_names_someone                | ''                   | frameworkId, mesosAgentId, policyId or iamRoleArn
            withdrawal_task_has_framework           | taskId               | needs frameworkId
            """)
    void aFaultNamesItsFieldAndOtherFieldsInJson(String constraint, String field, String message) {
        Object[] check = checks().stream()
                .map(Arguments::get)
                .filter(row -> row[1].equals(constraint))
                .findFirst()
                .orElseThrow();

        Fault fault = TABLES.get(String.valueOf(check[0])).fault(constraint, String.valueOf(check[2]));

        assertThat(fault.field()).isEqualTo(field);
        assertThat(fault.message()).contains(message);
    }

    @Test
    void quotedValuesStayAsTheyAre() {
        assertThat(Policies.CONSTRAINTS.inJson("arn:aws:iam::123456789012:role/task_name is outside iam_role_arn"))
                .isEqualTo("arn:aws:iam::123456789012:role/task_name is outside iamRoleArn");
    }

    @Test
    void everyColumnThatOperatorsWriteHasAField() {
        TABLES.forEach((table, constraints) -> assertThat(DB.query(
                        "select attname from pg_attribute where attnum > 0 and attrelid = '" + table + "'::regclass"))
                .containsAll(constraints.fields().keySet()));
    }

    private static Set<String> names(Pattern form, String text) {
        return form.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
    }
}
