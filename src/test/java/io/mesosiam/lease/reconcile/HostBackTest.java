package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.JournalFixture;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.policy.Entitlement.Prefetch;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host's agent connects to another controller and reconnects to this one; the rows stay in PostgreSQL. */
class HostBackTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final ContainerId CONTAINER = ContainerId.of("c1");

    private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00.123456789Z"));
    private final SimulatedCluster cluster = new SimulatedCluster();
    private final StsInMemory sts = new StsInMemory(clock);
    private final AgentInMemory agent = new AgentInMemory(HOST);
    private final BatchedJournal journal = new JournalFixture(DB).journal();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @ParameterizedTest(name = "a lease that is {1}")
    @CsvSource({"GIVING, active, true", "REFUSING, failed, false", "AWAY, failed, false"})
    void leaseWithAnUnchangedRowIsNotRewritten(StsInMemory.Mood mood, String state, boolean adopted) {
        sts.mood = mood;
        sts.refusal = "no\0 role \uD800 " + "x".repeat(5000);
        Reconciler reconciler = reconciler();
        connect(reconciler, 2);
        SimulatedCluster.Run run = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
        run.container = Optional.of(CONTAINER);
        run.state = TaskState.RUNNING;
        agent.running.put(CONTAINER, 1L);
        reconciler.changed(cluster.state(), cluster.runs.keySet());
        Steps.settle(reconciler, sts);
        journal.flush();
        List<String> before = DB.query("select state || ' ' || written_at from lease");
        assertThat(before).singleElement().asString().startsWith(state);
        DB.execute("truncate audit_event");

        DB.execute("update agent set epoch = 4");
        connect(reconciler, 4);
        journal.flush();

        assertThat(DB.query("select state || ' ' || written_at from lease")).isEqualTo(before);
        assertThat(DB.query("select message from audit_event"))
                .hasSize(adopted ? 1 : 0)
                .doesNotContain("the row had the state of another controller");
    }

    private Reconciler reconciler() {
        return new Reconciler(
                TestLeaseConfig.DEFAULTS,
                new Dependencies(
                        _ -> Map.of(
                                CredentialName.DEFAULT,
                                TestLaunches.allowed(TestLaunches.entitlement(
                                        "a", Optional.empty(), Optional.empty(), Sharing.TASK, Prefetch.ALWAYS))),
                        sts,
                        (_, delivery) -> {
                            agent.receive(delivery);
                            return true;
                        },
                        new LeaseTable(DB.pool()),
                        sts,
                        clock,
                        new Random(1)),
                journal);
    }

    private void connect(Reconciler reconciler, long epoch) {
        reconciler.connected(HOST, epoch, agent.held(), Map.copyOf(agent.running), agent::sync);
    }
}
