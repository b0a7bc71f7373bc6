package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.Ownership;
import io.mesosiam.lease.simulation.StsInMemory;
import io.mesosiam.lease.store.BatchedJournal;
import io.mesosiam.lease.store.JournalFixture;
import io.mesosiam.lease.store.LeaseTable;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.Entitlement.Sharing;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A host's agent connects to another controller and reconnects to this one; the rows stay in PostgreSQL. */
class HostBackTest extends ReconcilerFixture {
    private static final TestDatabase DB = TestPostgres.database();

    private final BatchedJournal journal = new JournalFixture(DB).journal();

    @AfterAll
    static void drop() {
        DB.close();
    }

    /** Runs once, after the rows of a host were read. */
    private Runnable afterRows = () -> {};

    @Override
    LeaseRows rows() {
        LeaseTable table = new LeaseTable(DB.pool());
        return host -> {
            List<Lease> rows = table.live(host);
            Runnable once = afterRows;
            afterRows = () -> {};
            once.run();
            return rows;
        };
    }

    @Override
    Journal journal() {
        return journal;
    }

    @ParameterizedTest(name = "a lease that is {1}")
    @CsvSource({"GIVING, active, true", "REFUSING, failed, false", "AWAY, failed, false"})
    void leaseWithAnUnchangedRowIsNotRewritten(StsInMemory.Mood mood, String state, boolean adopted) {
        sts.mood = mood;
        sts.refusal = "no\0 role \uD800 " + "x".repeat(5000);
        // Rows have microseconds, a clock has nanoseconds.
        clock.advance(Duration.ofNanos(123_456_789));
        allow(Sharing.TASK);
        connect(2);
        bind(start(1), CONTAINER);
        settle();
        journal.flush();
        List<String> before = DB.query("select state || ' ' || written_at from lease");
        assertThat(before).singleElement().asString().startsWith(state);
        DB.execute("truncate audit_event");

        DB.execute("update agent set epoch = 4");
        connect(4);
        journal.flush();

        assertThat(DB.query("select state || ' ' || written_at from lease")).isEqualTo(before);
        assertThat(DB.query("select message from audit_event"))
                .hasSize(adopted ? 1 : 0)
                .doesNotContain("the row had the state of another controller");
    }

    @ParameterizedTest(name = "continued: {0}")
    @CsvSource({"true, 0", "false, 20"})
    void restartOverUnchangedLeasesWritesNoRowUnlessAnotherControllerHadTheHost(boolean continued, int events) {
        allow(Sharing.TASK);
        connect(2);
        for (int task = 1; task <= 20; task++) {
            bind(start(task), ContainerId.of("c" + task));
        }
        settle();
        journal.flush();
        // The time at which each row was inserted or last updated, and the transaction that did it.
        String written = "select id || ' ' || xmin || ' ' || written_at from lease order by id";
        List<String> before = DB.query(written);
        assertThat(before).hasSize(20);
        DB.execute("truncate audit_event");

        reconciler = newReconciler();
        reconciler.restore(new LeaseTable(DB.pool()).live());
        show();
        DB.execute("update agent set epoch = 3");
        reconciler.connected(HOST, new Ownership(3, continued), agent.held(), Map.copyOf(agent.running), agent::sync);
        settle();
        assertThat(journal.flush()).isTrue();

        assertThat(agent.served).hasSize(20);
        assertThat(DB.query(written)).isEqualTo(before);
        assertThat(DB.query("select kind from audit_event")).hasSize(events).allMatch("lease.adopted"::equals);
        assertThat(sts.callsInAll()).isEqualTo(20);
    }

    /** Two streams of an agent that connects twice within milliseconds: the earlier one is adopted after both have claimed. */
    @Test
    void takeoverIsAuditedOnceIfItsClaimIsFollowedByAnotherOfThisController() {
        allow(Sharing.TASK);
        connect(2);
        bind(start(1), CONTAINER);
        settle();
        journal.flush();
        DB.execute("truncate audit_event");
        reconciler = newReconciler();
        reconciler.restore(new LeaseTable(DB.pool()).live());
        show();
        DB.execute("update agent set epoch = 4");

        afterRows = () -> connect(3);
        reconciler.connected(HOST, new Ownership(4, true), agent.held(), Map.copyOf(agent.running), agent::sync);
        settle();
        assertThat(journal.flush()).isTrue();

        assertThat(DB.query("select kind from audit_event")).containsExactly("lease.adopted");
    }

    private void connect(long epoch) {
        reconciler.connected(HOST, new Ownership(epoch, false), agent.held(), Map.copyOf(agent.running), agent::sync);
    }
}
