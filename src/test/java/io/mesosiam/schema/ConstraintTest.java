package io.mesosiam.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What SQL refuses, and that it names the constraint. */
class ConstraintTest {
    private static final TestDatabase DB = TestPostgres.database();
    /** Between assignments, not within a value. */
    private static final Pattern ASSIGNMENT = Pattern.compile(", (?=[a-z_]+ = )");

    @BeforeAll
    static void acceptWhatIsFine() throws SQLException {
        for (String row : FineRows.ALL) {
            String[] parts = row.split(" \\| ", 2);
            insert(parts[0], parts[1]);
        }
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @FieldSource("io.mesosiam.schema.ConstraintCases#REFUSALS")
    void refusesAndNamesTheConstraint(Refusal refusal) {
        assertThatThrownBy(() -> insert(refusal.table(), refusal.assignments()))
                .isInstanceOf(SQLException.class)
                .satisfies(error ->
                        assertThat(ofWholeTable(error.getMessage())).contains('"' + refusal.constraint() + '"'));
    }

    /** The error names the index of the partition. */
    private static String ofWholeTable(String message) {
        return message.replaceAll("audit_event_([0-9]{4}_[0-9]{2})_entry_id_month_idx", "audit_event_by_entry");
    }

    @Test
    void noConstraintIsWithoutACase() {
        List<String> constraints = DB.query("""
                select conname from pg_constraint
                where connamespace = current_schema()::regnamespace and contype in ('c', 'f', 'u')
                    and conrelid <> 'flyway_schema_history'::regclass
                union select indexrelid::regclass::text from pg_index
                    join pg_class on pg_class.oid = indrelid and relnamespace = current_schema()::regnamespace
                where indisunique and not indisprimary and not relispartition and not exists (select from pg_constraint where conindid = indexrelid)
                """);

        assertThat(ConstraintCases.REFUSALS).extracting(Refusal::constraint).containsAll(constraints);
    }

    /** PostgreSQL names a domain's constraint without the column. */
    @Test
    void tablesThatOperatorsWriteHaveNoDomainThatCouldRefuseTwoColumns() {
        assertThat(DB.query("""
                select attrelid::regclass || '.' || attname from pg_attribute join pg_type on pg_type.oid = atttypid
                where attrelid in ('policy'::regclass, 'attribute_trust'::regclass, 'namespace'::regclass, 'withdrawal'::regclass)
                    and typtype = 'd' and not attisdropped""")).containsExactly("namespace.path");
    }

    /** The column is in the constraint's name, or the comment says which columns are concerned. */
    @Test
    void everyConstraintOfAPolicyThatConcernsOneColumnNamesIt() {
        assertThat(DB.query("""
                select conname from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
                where conrelid in ('policy'::regclass, 'attribute_trust'::regclass, 'withdrawal'::regclass, 'launch_grant'::regclass)
                    and contype = 'c' and cardinality(conkey) = 1
                    and position('_' || attname in conname) = 0""")).isEmpty();
    }

    @Test
    void everyConstraintSaysInWordsWhatItDemands() {
        assertThat(DB.query("""
                select conname from pg_constraint
                where connamespace = current_schema()::regnamespace and contype in ('c', 'f', 'u', 'p')
                    and conrelid <> 'flyway_schema_history'::regclass
                    and not exists (select from pg_class where pg_class.oid = conrelid and relispartition)
                    and obj_description(oid, 'pg_constraint') is null""")).isEmpty();
    }

    /** A row that is fine, but for the assignments. */
    private static void insert(String table, String assignments) throws SQLException {
        if (table.startsWith("written ")) { // a trigger of the table sets these columns of a new row
            insert(target(table), fine(target(table)));
            execute("update " + target(table) + " set " + assignments
                    + (target(table).equals("launch_grant") ? " where ended_at is null" : ""));
            return;
        }
        Map<String, String> columns = new TreeMap<>(columns(fine(table)));
        columns.putAll(columns(assignments));
        String sql = "insert into %s (%s) values (%s)"
                .formatted(target(table), String.join(", ", columns.keySet()), String.join(", ", columns.values()));
        execute(sql);
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String target(String table) {
        return switch (table) {
            case "allow", "deny" -> "policy";
            case "whole lease" -> "lease";
            case "written launch_grant" -> "launch_grant";
            case "written session_denial" -> "session_denial";
            case "written join_token" -> "join_token";
            case "written ec2_instance" -> "ec2_instance";
            default -> table;
        };
    }

    private static String fine(String table) {
        return switch (table) {
            case "allow" ->
                "name = 'p' || gen_random_uuid(), effect = 'allow', framework_name = 'web', iam_role_arn = 'arn:aws:iam::123456789012:role/web'";
            case "deny" -> "name = 'p' || gen_random_uuid(), effect = 'deny', framework_name = 'web'";
            case "namespace" -> "description = 'of a test'";
            case "attribute_trust" -> "framework_principal = 'svc-web', attribute = 'task_name'";
            case "policy_revision" ->
                "policy_id = gen_random_uuid(), version = 1, operation = 'insert', namespace = '/', name = 'p', content = '{}'";
            case "namespace_revision" ->
                "namespace_id = gen_random_uuid(), version = 1, operation = 'insert', path = '/n', content = '{}'";
            case "policy_version" -> "version = 1";
            case "cluster" -> "name = 'prod'";
            case "agent" -> "mesos_agent_id = 'a' || gen_random_uuid(), hostname = 'host1'";
            case "lease" ->
                "id = gen_random_uuid(), framework_id = 'f', task_id = 't' || gen_random_uuid(), mesos_agent_id = 'a', "
                        + "launch_sequence = 1, credential_name = 'default', witnessed = true, created_at = now(), "
                        + "state = 'pending', reason = 'new'";
            case "whole lease" ->
                "id = gen_random_uuid(), framework_id = 'f', task_id = 't' || gen_random_uuid(), mesos_agent_id = 'a', "
                        + "launch_sequence = 1, credential_name = 'default', witnessed = true, created_at = now(), "
                        + "iam_role_arn = 'arn:aws:iam::123456789012:role/web', policy_id = gen_random_uuid(), "
                        + "identity_hash = repeat('0', 64), session_name = 'web', reason = 'new'";
            case "withdrawal" -> "framework_id = 'f' || gen_random_uuid(), reason = 'evicted'";
            case "session_denial" ->
                "withdrawal_id = gen_random_uuid(), session_names = '{job-7@f}', remove_after = now(), "
                        + "iam_role_arn = 'arn:aws:iam::123456789012:role/web'";
            case "api_token" ->
                "name = 't' || gen_random_uuid(), hash = sha256(gen_random_uuid()::text::bytea), roles = '{admin}', expires_at = now() + interval '1 day'";
            case "launch_grant" ->
                "iam_role_arn = 'arn:aws:iam::123456789012:role/web', framework_principal = 'svc-web', mesos_role = 'eng', "
                        + "expires_at = now() + interval '1 hour'";
            case "authority" ->
                "kind = 'root', certificate = sha512('fine'), fingerprint = sha256(sha512('fine')), expires_at = now()";
            case "join_token" ->
                "hash = sha256(gen_random_uuid()::text::bytea), hostname = 'host1.example', expires_at = now() + interval '1 hour'";
            case "host" -> "hostname = 'h' || gen_random_uuid()";
            case "host_certificate" ->
                "serial = replace(gen_random_uuid()::text, '-', ''), hostname = 'host1.example', public_key_hash = sha256('k'), "
                        + "issuer = sha256('i'), proof = 'rotation', expires_at = now() + interval '1 day'";
            case "ec2_instance" ->
                "account = '111122223333', region = 'eu-central-1', instance_id = 'i-' || substr(md5(gen_random_uuid()::text), 1, 17), "
                        + "hostname = 'host1.example', launched_at = now(), addresses = '{10.0.0.1}'";
            case "controller" -> "controller_id = gen_random_uuid()::text, state = '{}'";
            case "audit_event" -> "kind = 'lease.issued', actor = 'c-1'";
            case "audit_retention" -> "shortest = '1 year'";
            case "audit_stream" -> "sink = 's' || gen_random_uuid()";
            default -> throw new IllegalArgumentException(table);
        };
    }

    private static Map<String, String> columns(String assignments) {
        return ASSIGNMENT
                .splitAsStream(assignments)
                .map(assignment -> assignment.split(" = ", 2))
                .collect(Collectors.toMap(sides -> sides[0], sides -> sides[1]));
    }
}
