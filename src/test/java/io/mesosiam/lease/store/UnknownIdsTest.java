package io.mesosiam.lease.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.LogRecords;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster with the framework F1 and the Mesos agent S1, which has left, beside withdrawals of several ids. */
class UnknownIdsTest {
    private static final Completeness WHOLE = new Completeness.Whole();

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            F1 | -      | -  | - | -
            F1 | t1     | -  | - | -
            F1 | future | S1 | - | -
            -  | -      | S1 | - | -
            F9 | -      | -  | - | framework_id F9
            F9 | t1     | S9 | - | framework_id F9
            F1 | -      | S9 | - | mesos_agent_id S9
            -  | -      | S9 | - | mesos_agent_id S9
            f1 | t1     | -  | - | framework_id f1
            F9 | t1     | S9 | 1 | -
            F1 | future | S9 | 1 | -
            """)
    void idThatTheClusterDoesNotShowIsNamed(String framework, String task, String agent, Long launch, String expected) {
        UnknownIds ids = new UnknownIds();

        ids.check(Set.of(withdrawal(framework, task, agent, launch)), Set.of(), cluster(true, WHOLE));

        assertThat(ids.count()).isEqualTo(expected == null ? 0 : 1);
        assertThat(ids.trouble().isPresent()).isEqualTo(expected != null);
        ids.trouble().ifPresent(text -> assertThat(text).contains("their " + expected + ". Correct the id"));
    }

    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "false, false"})
    void nothingIsConcludedWhileTheClusterIsNotSeenCompletely(boolean answers, boolean whole) {
        Completeness view = whole ? WHOLE : new Completeness.Incomplete("tasks are hidden");
        UnknownIds ids = new UnknownIds();

        ids.check(Set.of(withdrawal("F9", null, null, null)), Set.of(), cluster(answers, view));

        assertThat(ids.count()).isZero();
    }

    @Test
    void nothingIsConcludedBeforeAMasterHasAnswered() {
        UnknownIds ids = new UnknownIds();

        ids.check(Set.of(withdrawal("F9", null, null, null)), Set.of(), cluster(Optional.empty(), true, WHOLE));

        assertThat(ids.count()).isZero();
    }

    @Test
    void resultStaysWhileMastersAreAwayUntilTheRowIsLifted() {
        UnknownIds ids = new UnknownIds();
        Withdrawal unknown = withdrawal("F9", null, null, null);
        ids.check(Set.of(unknown), Set.of(), cluster(true, WHOLE));

        ids.check(Set.of(unknown), Set.of(), cluster(false, WHOLE));
        assertThat(ids.count()).isOne();

        ids.check(Set.of(), Set.of(), cluster(false, WHOLE));
        assertThat(ids.count()).isZero();
    }

    @Test
    void eachRowIsLoggedOnceAndLinesOfOneCheckAreLimited() {
        UnknownIds ids = new UnknownIds();
        Set<Withdrawal> rows = IntStream.range(0, 25)
                .mapToObj(i -> withdrawal("X" + i, null, null, null))
                .collect(Collectors.toSet());
        try (LogRecords log = new LogRecords(UnknownIds.class.getName())) {
            ids.check(rows, Set.of(), cluster(true, WHOLE));
            ids.check(rows, Set.of(), cluster(true, WHOLE));

            assertThat(log.lines())
                    .hasSize(21)
                    .allMatch(line -> line.startsWith("WARN "))
                    .endsWith("WARN withdrawals cover nothing, not listed rows=5");
        }
        assertThat(ids.trouble()).get().asString().startsWith("25 rows ");
    }

    @Test
    void rowMadeInSqlIsReportedAndItsLiftingToo() {
        try (TestDatabase db = TestPostgres.database();
                LogRecords log = new LogRecords(UnknownIds.class.getName());
                WithdrawalTable table = WithdrawalTableTest.table(db)) {
            table.start(() -> cluster(true, WHOLE), _ -> {}, () -> {});
            db.execute("insert into withdrawal (framework_id, reason) values ('F1', 'known'), ('F9', 'mistyped')");
            WithdrawalTableTest.until(() -> table.unknown() == 1);

            assertThat(log.lines())
                    .containsExactly(
                            "WARN withdrawal covers nothing reason=\"the cluster doesn't show its framework_id F9\" by="
                                    + db.user());
            assertThat(table.trouble()).get().asString().contains("framework_id F9");

            db.execute("update withdrawal set lifted_at = now() where framework_id = 'F9'");
            WithdrawalTableTest.until(() -> table.unknown() == 0);
            assertThat(table.trouble()).isEmpty();
        }
    }

    @Test
    void policyThatDoesNotExistIsReportedWhateverIsKnownOfTheCluster() {
        try (TestDatabase db = TestPostgres.database();
                LogRecords log = new LogRecords(UnknownIds.class.getName());
                WithdrawalTable table = WithdrawalTableTest.table(db)) {
            table.start(() -> cluster(false, WHOLE), _ -> {}, () -> {});
            db.execute("insert into policy (name, effect, match_all) values ('known', 'deny', true)");
            db.execute("insert into withdrawal (policy_id, reason) select id, 'reviewed' from policy");
            db.execute(
                    "insert into withdrawal (policy_id, reason) values ('0b9f8f1e-6c1e-4f0a-9b57-3d1c2a4e5f60', 'mistyped')");
            WithdrawalTableTest.until(() -> table.unknown() == 1);

            assertThat(log.lines())
                    .containsExactly("WARN withdrawal covers nothing reason=\"no policy has its policy_id"
                            + " 0b9f8f1e-6c1e-4f0a-9b57-3d1c2a4e5f60\" by=" + db.user());
            assertThat(table.trouble())
                    .get()
                    .asString()
                    .contains("because no policy has their policy_id 0b9f8f1e-6c1e-4f0a-9b57-3d1c2a4e5f60. Correct");

            db.execute("update withdrawal set lifted_at = now() where reason = 'mistyped'");
            WithdrawalTableTest.until(() -> table.unknown() == 0);
            assertThat(table.trouble()).isEmpty();
        }
    }

    private static Withdrawal withdrawal(String framework, String task, String agent, Long launch) {
        return new Withdrawal(
                Optional.ofNullable(framework).map(FrameworkId::new),
                Optional.ofNullable(task).map(TaskId::new),
                Optional.ofNullable(agent).map(MesosAgentId::new),
                launch == null ? OptionalLong.empty() : OptionalLong.of(launch),
                Optional.empty(),
                "leaked");
    }

    private static ClusterState cluster(boolean answers, Completeness view) {
        return cluster(Optional.of(new Leader("master-1", "1.0")), answers, view);
    }

    private static ClusterState cluster(Optional<Leader> leader, boolean answers, Completeness view) {
        FrameworkId framework = new FrameworkId("F1");
        MesosAgentId agent = new MesosAgentId("S1");
        return new ClusterState(
                1,
                leader,
                answers,
                Enforcement.UNKNOWN,
                view,
                Map.of(framework, new Framework(framework, "web", Optional.empty(), "root", false)),
                Map.of(agent, new MesosAgent(agent, "host1", "127.0.0.1", Map.of(), false, false)),
                Map.of());
    }
}
