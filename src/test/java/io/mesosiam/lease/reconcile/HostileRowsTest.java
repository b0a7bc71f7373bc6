package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.lease.store.WithdrawalTable;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Decision;
import io.mesosiam.policy.Entitlement.Sharing;
import io.mesosiam.policy.Subject;
import io.mesosiam.postgres.SessionPool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows of leases and withdrawals with random values that PostgreSQL accepts, such as a restored table or a person with SQL can
 * contain: a controller starts with them, and they cost no other task anything.
 */
class HostileRowsTest extends ReconcilerFixture {
    private static final int ROWS = 12;
    private static final int WITHDRAWALS = 3;
    private static final TestDatabase DB = TestPostgres.database();

    private static final List<String> TASKS =
            List.of("'t1'", "'t2'", "'t3'", "'nowhere'", "repeat('x', 512)", "'ä b'", "''");
    private static final List<String> HOSTS = List.of("'S1'", "'S1'", "'S1'", "'S2'", "'nowhere'", "repeat('x', 513)");
    private static final List<String> NUMBERS =
            List.of("1", "1", "2", "7", "0", "-1", "4611686018427387904", "9223372036854775806", "9223372036854775807");
    private static final List<String> NAMES = List.of("'default'", "'default'", "'logs'", "repeat('x', 64)", "'X'");
    private static final List<String> ROLES = List.of(
            "'arn:aws:iam::123456789012:role/a'",
            "'arn:aws:iam::123456789012:role/b'",
            "'arn:aws-cn:iam::123456789012:role/' || repeat('x/', 280) || 'y'",
            "'arn:aws:iam::1:role/a'",
            "null");
    private static final List<String> HASHES = List.of("repeat('0', 64)", "repeat('f', 64)", "'F'", "null");
    private static final List<String> CONTAINERS =
            List.of("'c3'", "'nowhere'", "'c1/c9'", "repeat('x', 255)", "repeat('x/', 600) || 'x'", "'-'", "null");
    private static final List<String> TIMES = List.of(
            "timestamptz '2026-01-01 00:30:00Z'",
            "timestamptz '2025-12-31 23:00:00Z'",
            "timestamptz '2026-01-01 02:00:00Z'",
            "'infinity'",
            "'-infinity'",
            "timestamptz '9999-12-31 00:00:00Z'",
            "timestamptz '294276-12-31 00:00:00Z'",
            "timestamptz '4713-01-02 00:00:00Z BC'",
            "null");
    private static final List<String> STATES =
            List.of("'active'", "'active'", "'renewing'", "'pending'", "'failed'", "'reaped'", "'other'");
    private static final List<String> COUNTS = List.of("0", "1", "2147483647", "-1");
    private static final List<String> LARGE = List.of("0", "1", "5", "9223372036854775807", "-1");
    private static final List<String> REASONS = List.of("'x'", "''", "repeat('ä', 4096)", "E'a\\nb'", "null");
    private static final List<String> IDS =
            List.of("gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'", "null");

    private final LeaseTable table = new LeaseTable(DB.pool());

    static IntStream seeds() {
        return IntStream.range(0, 40);
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Override
    Map<CredentialName, Decision> decide(Subject subject) {
        String task = subject.task().key().task().value();
        return isAllowed(task) ? super.decide(subject) : Map.of();
    }

    private static boolean isAllowed(String task) {
        return task.equals("t1") || task.equals("t2");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rowsCostNoOtherTaskAnything(int seed) {
        Random random = new Random(seed);
        DB.execute("truncate lease, withdrawal");
        for (int i = 0; i < ROWS; i++) {
            insertLease(random);
        }
        for (int i = 0; i < WITHDRAWALS; i++) {
            insertWithdrawal(random);
        }
        allow(Sharing.TASK);
        tables.withdrawals.addAll(withdrawals());
        table.live().forEach(row -> tables.rows.put(row.id(), row));
        List<KnownLaunch> known = table.known();
        assertThat(known.stream().map(each -> each.launch().sequence()))
                .allMatch(number -> number < Long.MAX_VALUE / 2 + 1);

        reconciler = newReconciler();
        reconciler.withdrawalsChanged(tables.withdrawals);
        run(1, "c1");
        run(3, "c3");
        show();
        connect();
        settle();
        pass(Duration.ofHours(3));
        run(2, "c2");
        show();
        settle();
        pass(Duration.ofMinutes(20));

        checkServed();
        restart();
        reconciler.withdrawalsChanged(tables.withdrawals);
        pass(Duration.ofMinutes(10));
        checkServed();
    }

    private void checkServed() {
        assertThat(reconciler.loop().failures())
                .as(reconciler.loop().trouble().toString())
                .isZero();
        assertThat(served()).allMatch(lease -> lease.revision() >= 0);
        assertThat(served().stream()
                        .filter(lease -> lease.container().isPresent())
                        .map(lease -> lease.launch().key().task() + " " + lease.name() + " "
                                + lease.container().get()))
                .containsExactlyInAnyOrderElementsOf(
                        cluster.runs.values().stream().flatMap(this::expected).toList());
    }

    /** Policy gives the tasks t1 and t2 a role, unless a withdrawal covers them. */
    private Stream<String> expected(SimulatedCluster.Run run) {
        LeaseKey key = new LeaseKey(run.launch, CredentialName.DEFAULT);
        return isAllowed(run.launch.key().task().value())
                        && tables.withdrawals.stream()
                                .noneMatch(each -> each.covers(key, TestLaunches.POLICY, TestLaunches.role("a")))
                ? Stream.of(run.launch.key().task() + " default " + run.container.orElseThrow())
                : Stream.empty();
    }

    private static Set<Withdrawal> withdrawals() {
        try (WithdrawalTable table =
                new WithdrawalTable(DB.pool(), new SessionPool(DB.pool()), TestLeaseConfig.DEFAULTS, new Random(1))) {
            return table.read();
        }
    }

    private void run(int task, String container) {
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), task, HOST);
        run.container = Optional.of(ContainerId.of(container));
        run.state = TaskState.RUNNING;
        agent.running.put(ContainerId.of(container), since(1));
        reconciler.containers(HOST, Map.of(ContainerId.of(container), since(1)), Set.of());
    }

    private static String any(Random random, List<String> values) {
        // most values are usual ones, which come first
        return values.get(
                random.nextInt(2) == 0 ? random.nextInt(values.size()) : random.nextInt(Math.min(3, values.size())));
    }

    private static void insertLease(Random random) {
        String values = String.join(
                ", ",
                any(random, IDS.subList(0, 2)),
                "'F1'",
                any(random, TASKS),
                any(random, HOSTS),
                any(random, NUMBERS),
                any(random, NAMES),
                any(random, ROLES),
                any(random, IDS),
                any(random, HASHES),
                "'session'",
                random.nextBoolean() ? "true" : "false",
                any(random, CONTAINERS),
                any(random, TIMES),
                any(random, TIMES),
                any(random, STATES),
                any(random, REASONS),
                any(random, TIMES),
                any(random, TIMES),
                any(random, COUNTS),
                any(random, TIMES),
                any(random, LARGE),
                any(random, LARGE));
        insert(
                "lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn, policy_id,"
                        + " identity_hash, session_name, witnessed, container_id, created_at, until, state, reason, expiration, renew_at,"
                        + " attempts, retry_at, revision, epoch) values (" + values + ")");
    }

    private static void insertWithdrawal(Random random) {
        String values = String.join(
                ", ",
                any(random, List.of("'F1'", "'F1'", "'F2'", "'nowhere'", "null")),
                any(random, TASKS),
                any(random, HOSTS),
                any(random, NUMBERS),
                any(random, NAMES),
                any(random, ROLES),
                any(random, IDS),
                any(random, REASONS));
        insert(
                "withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, credential_name, iam_role_arn, policy_id,"
                        + " reason) values (" + values + ")");
    }

    /** PostgreSQL refuses some. */
    private static void insert(String row) {
        try {
            DB.execute("insert into " + row);
        } catch (IllegalStateException refused) {
            // a refused row costs nothing
        }
    }
}
