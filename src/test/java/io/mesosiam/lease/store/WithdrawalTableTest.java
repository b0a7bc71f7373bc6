package io.mesosiam.lease.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.model.ClusterModel;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.PolicyId;
import io.mesosiam.postgres.SessionPool;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithdrawalTableTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final LeaseConfig RARE_POLLS = new TestLeaseConfig(
            256,
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            Duration.ZERO,
            3,
            Duration.ofMinutes(15),
            Duration.ofHours(1));

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void withdrawalOfAPolicyOrAnIamRoleIsRead() {
        DB.execute(
                "insert into withdrawal (policy_id, reason) values ('00000000-0000-0007-0000-000000000008', 'leaked')");
        DB.execute(
                "insert into withdrawal (iam_role_arn, reason) values ('arn:aws:iam::123456789012:role/a', 'leaked')");
        try (WithdrawalTable table =
                new WithdrawalTable(DB.pool(), new SessionPool(DB.pool()), RARE_POLLS, new Random(1))) {
            assertThat(table.read())
                    .extracting(Withdrawal::given)
                    .containsExactlyInAnyOrder(
                            new Withdrawal.Given(Optional.of(new PolicyId(new UUID(7, 8))), Optional.empty()),
                            new Withdrawal.Given(Optional.empty(), Optional.of(TestLaunches.role("a"))));
            assertThat(table.rejected()).isZero();
        } finally {
            DB.execute("update withdrawal set lifted_at = now()");
        }
    }

    @Test
    void changesMadeInSqlAreReported() throws InterruptedException {
        BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
        try (WithdrawalTable table = table(DB)) {
            table.start(WithdrawalTableTest::unseen, received::add, () -> {});
            assertThat(received.take()).isEmpty();

            UUID id = UUID.randomUUID();
            DB.execute("insert into withdrawal (id, framework_id, reason) values ('" + id + "', 'F1', 'evicted')");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .containsExactly(new Withdrawal(
                                    Optional.of(new FrameworkId("F1")),
                                    Optional.empty(),
                                    Optional.empty(),
                                    OptionalLong.empty(),
                                    Optional.empty(),
                                    "evicted")
                            .by(DB.user())
                            .withId(id));

            DB.execute("update withdrawal set lifted_at = now()");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    /** A failover of the database lost the commits of both rows. */
    @Test
    void lostWithdrawalOfARunningLaunchIsWrittenAgain() throws InterruptedException {
        SimulatedCluster cluster = new SimulatedCluster();
        Launch running =
                cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, SimulatedCluster.HOSTS.getFirst()).launch;
        Launch ended = TestLaunches.launch("ended");
        BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            insert(db, running);
            insert(db, ended);
            table.start(cluster::state, received::add, () -> {});
            assertThat(received.take()).hasSize(2);

            db.execute("delete from withdrawal");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .extracting(Withdrawal::launch)
                    .containsExactly(Optional.of(running));
            assertThat(db.query("select reason from withdrawal where lifted_at is null"))
                    .containsExactly("its time to live ended");

            db.execute("update withdrawal set lifted_at = now()");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    @Test
    void lostWithdrawalThatCannotBeWrittenAgainStaysInEffect() throws InterruptedException {
        SimulatedCluster cluster = new SimulatedCluster();
        Launch running =
                cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, SimulatedCluster.HOSTS.getFirst()).launch;
        BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            insert(db, running);
            table.start(cluster::state, received::add, () -> {});
            assertThat(received.take()).hasSize(1);

            db.execute("alter table withdrawal add constraint refused check (task_id is null) not valid");
            db.execute("delete from withdrawal");
            db.execute("insert into withdrawal (framework_id, reason) values ('F9', 'leaked')");
            until(() -> received.stream().anyMatch(all -> all.size() == 2));

            db.execute("alter table withdrawal drop constraint refused");
            db.execute("update withdrawal set lifted_at = now() where framework_id = 'F9'");
            until(() -> db.query("select count(*) from withdrawal where lifted_at is null")
                    .equals(List.of("1")));
        }
    }

    /** Each reading of the table would keep another connection, until none was left. */
    @Test
    void lostWithdrawalThatWaitsForAnotherTransactionKeepsNoConnectionAndIsWrittenAgainLater() throws Exception {
        SimulatedCluster cluster = new SimulatedCluster();
        Launch running =
                cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, SimulatedCluster.HOSTS.getFirst()).launch;
        BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db);
                Connection other = db.connect();
                Statement lock = other.createStatement()) {
            insert(db, running);
            table.start(cluster::state, received::add, () -> {});
            assertThat(received.take()).hasSize(1);
            // without a notification, so that the row is gone and the table locked when it is read next
            db.execute("do $$ begin set local session_replication_role = replica; delete from withdrawal; end $$");
            other.setAutoCommit(false);
            lock.execute("lock table withdrawal in share mode");
            String waiting = "select pid from pg_stat_activity where datname = current_database()"
                    + " and wait_event_type = 'Lock' and query like 'insert into withdrawal%'";

            db.execute("notify withdrawal");
            until(() -> !db.query(waiting).isEmpty());
            until(() -> db.query(waiting).isEmpty());

            other.rollback();
            db.execute("notify withdrawal");
            until(() -> db.query("select count(*) from withdrawal where lifted_at is null")
                    .equals(List.of("1")));
            assertThat(received).as("it stayed in effect").allSatisfy(all -> assertThat(all)
                    .hasSize(1));
        }
    }

    private static void insert(TestDatabase db, Launch launch) {
        db.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason) values ('"
                + launch.key().framework().value() + "', '"
                + launch.key().task().value() + "', '"
                + launch.key().agent().value() + "', " + launch.sequence() + ", 'its time to live ended')");
    }

    @Test
    void unreadableColumnCoversEveryValueAndTroubleNamesIt() throws InterruptedException {
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            db.execute("alter table withdrawal drop constraint withdrawal_credential_name_form");
            db.execute(
                    "insert into withdrawal (framework_id, credential_name, reason) values ('F1', 'No Name', 'leaked')");
            BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
            table.start(WithdrawalTableTest::unseen, received::add, () -> {});

            LeaseKey key = new LeaseKey(TestLaunches.launch("t1"), CredentialName.DEFAULT);
            assertThat(received.take()).hasSize(1).allMatch(withdrawal -> withdrawal.covers(key));
            assertThat(table.holdsBack()).isFalse();
            assertThat(table.rejected()).isOne();
            assertThat(table.trouble())
                    .get()
                    .asString()
                    .contains("credential_name: ")
                    .doesNotContain("nothing new");
        }
    }

    @Test
    void rowWithoutReadablePartsPreventsNewLeasesUntilItIsLifted() throws InterruptedException {
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            db.execute("alter table withdrawal drop constraint withdrawal_framework_id_form");
            BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
            table.start(WithdrawalTableTest::unseen, received::add, () -> {});
            assertThat(received.take()).isEmpty();
            assertThat(table.trouble()).isEmpty();

            db.execute("insert into withdrawal (framework_id, reason) values ('', 'restored')");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isEmpty();
            assertThat(table.holdsBack()).isTrue();
            assertThat(table.trouble()).get().asString().contains("framework_id: ", "nothing new is issued");

            db.execute("update withdrawal set lifted_at = now()");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isEmpty();
            assertThat(table.holdsBack()).isFalse();
            assertThat(table.trouble()).isEmpty();
        }
    }

    /** The listener receives the same withdrawals in both readings, or withdrawals of tasks that did not wait. */
    @ParameterizedTest
    @ValueSource(strings = {"lifted_at = now()", "framework_id = 'F1'"})
    void holdingBackIsReportedWhenAnUnreadableRowAppearsAndWhenItIsLiftedOrCorrected(String cure)
            throws InterruptedException {
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            db.execute("alter table withdrawal drop constraint withdrawal_framework_id_form");
            BlockingQueue<Boolean> reported = new LinkedBlockingQueue<>();
            BlockingQueue<Set<Withdrawal>> received = new LinkedBlockingQueue<>();
            table.start(WithdrawalTableTest::unseen, received::add, () -> reported.add(table.holdsBack()));
            assertThat(received.take()).isEmpty();
            db.execute("insert into withdrawal (framework_id, reason) values ('F2', 'leaked')");
            assertThat(received.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .hasSize(1);
            assertThat(reported).isEmpty();

            db.execute("insert into withdrawal (framework_id, reason) values ('', 'restored')");
            assertThat(reported.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isTrue();

            db.execute("update withdrawal set " + cure + " where framework_id = ''");
            assertThat(reported.poll(TimeLimit.seconds(10).toSeconds(), TimeUnit.SECONDS))
                    .isFalse();
        }
    }

    @Test
    void holdingBackAtTheStartIsReportedAtTheStart() {
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            db.execute("alter table withdrawal drop constraint withdrawal_framework_id_form");
            db.execute("insert into withdrawal (framework_id, reason) values ('', 'restored')");
            BlockingQueue<Boolean> reported = new LinkedBlockingQueue<>();

            table.start(WithdrawalTableTest::unseen, _ -> {}, () -> reported.add(table.holdsBack()));

            assertThat(reported).containsExactly(true);
        }
    }

    @Test
    void unreadableTableIsReportedAsTrouble() throws InterruptedException {
        try (TestDatabase db = TestPostgres.database();
                WithdrawalTable table = table(db)) {
            table.start(WithdrawalTableTest::unseen, _ -> {}, () -> {});
            db.execute("alter table withdrawal rename to other");
            db.execute("notify withdrawal");

            // each attempt to read has its own text
            until(() -> table.trouble()
                    .filter(text -> text.contains("can't be followed (")
                            && text.contains("relation \"withdrawal\" does not exist"))
                    .isPresent());

            db.execute("alter table other rename to withdrawal");
            until(() -> table.trouble().isEmpty());
        }
    }

    @Test
    void withdrawalCoversLeasesThatAgreeWithAllItsParts() {
        LeaseKey key = new LeaseKey(TestLaunches.launch("t1"), CredentialName.DEFAULT);
        LeaseKey otherName = new LeaseKey(key.launch(), new CredentialName("other"));
        LeaseKey laterLaunch =
                new LeaseKey(TestLaunches.launch("F1", "t1", TestLaunches.HOST, 2), CredentialName.DEFAULT);
        Withdrawal wholeHost = new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(TestLaunches.HOST),
                OptionalLong.empty(),
                Optional.empty(),
                "");
        Withdrawal otherHost = new Withdrawal(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new MesosAgentId("S9")),
                OptionalLong.empty(),
                Optional.empty(),
                "");

        assertThat(Withdrawal.of(key, "").covers(key)).isTrue();
        assertThat(Withdrawal.of(key, "").covers(otherName)).isFalse();
        assertThat(Withdrawal.of(key, "").covers(laterLaunch)).isFalse();
        assertThat(wholeHost.covers(laterLaunch)).isTrue();
        assertThat(otherHost.covers(key)).isFalse();
    }

    static WithdrawalTable table(TestDatabase database) {
        return new WithdrawalTable(database.pool(), new SessionPool(database.pool()), RARE_POLLS, new Random(1));
    }

    /** A cluster that no master has shown. */
    private static ClusterState unseen() {
        return ClusterModel.startingWith(List.of()).state();
    }

    static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeLimit.seconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("in time").isNegative();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
