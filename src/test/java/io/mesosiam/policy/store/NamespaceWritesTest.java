package io.mesosiam.policy.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.policy.BoundedPolicies;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.NamespaceLimits.Placement;
import io.mesosiam.policy.Policy;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.policy.PolicySet;
import io.mesosiam.policy.RevokerRole;
import io.mesosiam.policy.Subject;
import io.mesosiam.policy.bounds.BoundsOracle;
import io.mesosiam.policy.cluster.PolicyDifference;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random writes of a namespace's administrator, while the administrators of the namespaces above change their bounds: no task
 * is given anything outside the bounds of any of them, and the database and the controllers agree on what is outside.
 */
@Timeout(300)
class NamespaceWritesTest {
    private static final Duration LIMIT = TimeLimit.seconds(20);
    private static final TestDatabase DB = TestPostgres.database();
    private static final List<String> ABOVE = List.of("/", "/data", "/data/reporting");
    private static final List<String> OWN = List.of("/data/reporting", "/data/reporting/a", "/data/reporting/a/b");
    private static final List<String> ROLES = BoundsOracle.ROLES;
    private static final List<String> PRINCIPALS = BoundsOracle.PRINCIPALS;
    private static final List<String> ARNS = List.of(
            "arn:aws:iam::123456789012:role/data-x",
            "arn:aws:iam::123456789012:role/path/data_x",
            "arn:aws:iam::210987654321:role/ops");
    private final PolicyReader reader = new PolicyReader(DB.pool(), false, RevokerRole.NONE);

    @BeforeEach
    void empty() {
        DB.execute("delete from policy");
        DB.execute("delete from attribute_trust");
        DB.execute("delete from namespace where path <> '/'");
        DB.execute("update namespace set " + assignments(_ -> "null"));
        DB.execute("insert into namespace (path) values ('/data'), ('/data/reporting')");
        DB.execute("insert into attribute_trust (framework_principal, attribute) values ('svc-web', 'mesos_role')");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void noSequenceOfWritesGivesMoreThanTheBoundsOfEveryNamespaceAbove(long seed) {
        Random random = new Random(seed);
        int given = 0;
        int untouched = 0;
        PolicySet before = read();
        for (int step = 0; step < 60; step++) {
            write(random);
            PolicySet after = read();
            given += BoundsOracle.check(after, BoundsOracle.TASKS);
            untouched += checkDifference(before, after);
            before = after;
        }
        assertThat(untouched).as("tasks that changes of bounds did not touch").isPositive();
        assertThat(given).as("leases that were given").isPositive();
    }

    /**
     * What a difference does not touch is decided as before. Returns how many tasks are not touched although the bounds differ.
     */
    private static int checkDifference(PolicySet before, PolicySet after) {
        PolicyDifference difference = PolicyDifference.between(before, after);
        int untouched = 0;
        for (Subject task : BoundsOracle.TASKS) {
            if (!difference.touches(task)) {
                assertThat(decided(after, task)).isEqualTo(decided(before, task));
                untouched += before.limits().equals(after.limits()) ? 0 : 1;
            }
        }
        return untouched;
    }

    private static Map<String, String> decided(PolicySet set, Subject task) {
        return set.decide(task).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().value(), entry -> switch (entry.getValue()) {
                    case Decision.Allowed allowed -> allowed.summary() + " " + allowed.entitlement();
                    case Decision other -> other.summary();
                }));
    }

    private void write(Random random) {
        if (random.nextBoolean()) {
            // a deny of every task would let nothing be given for the rest of the sequence
            attempt("delete from policy where effect = 'deny'");
        }
        String own = pick(random, OWN);
        switch (random.nextInt(9)) {
            case 0, 1, 2, 3 -> writePolicy(random, own);
            case 4 -> attempt("update policy set namespace = '%s' where id = (%s)".formatted(own, somePolicy(random)));
            case 5 -> attempt("delete from policy where id = (%s)".formatted(somePolicy(random)));
            case 6 -> attempt("insert into namespace (path) values ('%s')".formatted(own));
            case 7 ->
                attempt("update namespace set %s where path = '%s'"
                        .formatted(bounds(random), pick(random, OWN.subList(1, OWN.size()))));
            default ->
                attempt("update namespace set %s where path = '%s'".formatted(bounds(random), pick(random, ABOVE)));
        }
    }

    /** Writes a disabled row, which is always accepted, and enables it: the trigger and the controllers agree. */
    private void writePolicy(Random random, String namespace) {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        boolean allows = random.nextInt(5) > 0;
        Optional<String> problem = attempt("""
                insert into policy (id, namespace, name, effect, enabled, match_all, mesos_role, framework_principal, priority,
                    iam_role_arn, via_role_arn, session_length, lease_ttl, sensitive, session_policy, session_policy_arns)
                values ('%s', '%s', 'p-%1$s', %s)""".formatted(
                        id,
                        namespace,
                        allows
                                ? allowed(random)
                                : "'deny', false, true, null, null, 0, null, null, '1 hour', null, false, null, '{}'"));
        if (problem.isPresent()) {
            assertThat(problem.get()).contains("policy_namespace_exists");
            return;
        }
        PolicySet set = read();
        Placement placement =
                set.limits().place(policy(set, id), BoundedPolicies.trust(io.mesosiam.policy.Attribute.MESOS_ROLE));
        Optional<String> refused = attempt("update policy set enabled = true where id = '%s'".formatted(id));
        switch (placement) {
            case Placement.Within _ -> assertThat(refused).isEmpty();
            case Placement.Outside outside
            when outside.reason().startsWith("session_policy:") ->
                assertThat(refused.orElse("accepted")).contains("ERROR: session_policy: ");
            case Placement.Outside outside ->
                assertThat(refused.orElse("accepted")).contains("ERROR: " + outside.reason());
        }
        assertThat(read().outOfBounds().keySet()).doesNotContain(new PolicyId(id));
    }

    private static Policy policy(PolicySet set, UUID id) {
        return set.policies().stream()
                .filter(policy -> policy.id().value().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String allowed(Random random) {
        String role = random.nextInt(3) == 0 ? "null" : "'" + pick(random, ROLES) + "'";
        String principal = random.nextBoolean() ? "null" : "'" + pick(random, PRINCIPALS) + "'";
        String document = pick(
                random,
                List.of(
                        "null",
                        "null",
                        "'{\"Statement\": {\"Effect\": \"Allow\"}}'",
                        "'{\"Version\": \"2012-10-17\", \"Statement\": [ {\"Effect\": \"Allow\", \"Sid\": \""
                                + "x".repeat(1800) + "\"} ]}'",
                        "'{\"Version\": \"2012-10-17\", \"Statement\": [ {\"Effect\": \"Allow\", \"Action\": \"s3:*\"} ]}'"));
        return "'allow', false, %s, %s, %s, %d, '%s', %s, '1 hour', %s, %s, %s, '%s'"
                .formatted(
                        role.equals("null") && principal.equals("null"),
                        role,
                        principal,
                        random.nextInt(100),
                        pick(random, ARNS),
                        random.nextInt(3) > 0 ? "null" : "'" + pick(random, ARNS) + "-hub'",
                        pick(random, List.of("null", "'1 hour'", "'1 day'", "'1 day 1 second'")),
                        random.nextBoolean(),
                        document,
                        pick(random, List.of("{}", "{}", "{arn:aws:iam::aws:policy/ReadOnlyAccess}")));
    }

    private static String somePolicy(Random random) {
        return "select id from policy order by name offset %d limit 1".formatted(random.nextInt(6));
    }

    /** Most bounds are lifted, so that something can be given. */
    private static String bounds(Random random) {
        return assignments(column -> random.nextInt(6) > 0
                ? "null"
                : switch (column) {
                    case "iam_role_arns" ->
                        pick(
                                random,
                                List.of(
                                        "'{arn:aws:iam::*:role/*data?x}'",
                                        "'{arn:aws:iam::123456789012:role/data_*,*ops}'",
                                        "'{*}'"));
                    case "aws_accounts" -> pick(random, List.of("'{123456789012}'", "'{210987654321,123456789012}'"));
                    case "via_role_arns" -> pick(random, List.of("'{*ops-hub}'", "'{}'"));
                    case "mesos_roles" -> pick(random, List.of("'{eng}'", "'{eng/data,ops}'"));
                    case "framework_principals" -> pick(random, List.of("'{svc-web}'", "'{svc-web,svc-ops}'", "'{}'"));
                    case "longest_ttl" -> pick(random, List.of("'1 day'", "'2 hours'"));
                    case "session_policy_floor" ->
                        "'[ {\"Effect\": \"Deny\", \"Action\": \"iam:%d\", \"Resource\": \"*\"} ]'"
                                .formatted(random.nextInt(100));
                    default -> "true";
                });
    }

    private static String assignments(Function<String, String> value) {
        Stream<String> nullable = Stream.of(
                        "iam_role_arns",
                        "aws_accounts",
                        "via_role_arns",
                        "mesos_roles",
                        "framework_principals",
                        "longest_ttl",
                        "session_policy_floor")
                .map(column -> column + " = " + value.apply(column));
        Stream<String> flags = Stream.of("trusted_selectors_only", "sensitive_only")
                .map(column -> column + " = coalesce(" + value.apply(column) + "::boolean, false)");
        return Stream.concat(nullable, flags).collect(Collectors.joining(", "));
    }

    /** The set, after it was compared with that of a reader which knows no earlier one. */
    private PolicySet read() {
        PolicySet set = reader.read(LIMIT);
        PolicySet whole = new PolicyReader(DB.pool(), false, RevokerRole.NONE).read(LIMIT);
        assertThat(set.policies()).isEqualTo(whole.policies());
        assertThat(set.rejected()).containsExactlyInAnyOrderElementsOf(whole.rejected());
        assertThat(set.limits()).isEqualTo(whole.limits());
        return set;
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** Returns the error if the database refuses the statement. */
    private static Optional<String> attempt(String sql) {
        try (Connection connection = DB.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return Optional.empty();
        } catch (SQLException e) {
            assertThat(e.getSQLState()).as(sql + e).startsWith("23");
            return Optional.of(e.getMessage());
        }
    }
}
