package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.S1;
import static io.mesosiam.lease.store.JournalFixture.S2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Lease;
import io.mesosiam.mesos.MesosAgentId;
import io.vertx.mutiny.sqlclient.Pool;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries that a locked host or an unwritable table blocks wait separately; all others are written. */
class JournalHoldTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final String EVENTS =
            "select kind || ' ' || task_id from audit_event where kind like 'lease.%' order by id";

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void lockedRowOfAHostBlocksOnlyThatHostsEntries() throws Exception {
        Lease lease = fixture.lease(S1, "t1");
        try (Connection psql = JournalFixture.open(DB, "select 1 from agent where mesos_agent_id = 'S1' for update")) {
            journal.write(JournalFixture.changed(lease));
            journal.write(fixture.changed(S2, "t2"));
            journal.write(JournalFixture.ended(lease));
            journal.write(fixture.noted(S2, "t3"));

            assertThat(journal.flush()).isTrue();
            journal.write(fixture.noted(S1, "t4"));
            assertThat(journal.flush()).isTrue();

            assertThat(DB.query(EVENTS)).containsExactlyInAnyOrder("lease.issued t2", "lease.refused t3");
            assertThat(journal.held()).isEqualTo(Map.of("host", 3L));
            assertThat(journal.heldUp()).singleElement().asString().startsWith("mesosAgentId=S1 entries=3 since=");
            assertThat(journal.awaySince()).isEmpty();
            psql.rollback();
        }
        awaitWritten();

        assertThat(DB.query("select task_id || ' ' || state from lease order by task_id"))
                .containsExactly("t1 reaped", "t2 active");
        assertThat(DB.query(EVENTS)).hasSize(5);
        assertThat(journal.held()).isEmpty();
    }

    @Test
    void lockedLeaseBlocksOnlyItsHostsEntries() throws Exception {
        Lease lease = fixture.lease(S1, "t1");
        journal.write(JournalFixture.changed(lease));
        journal.flush();
        try (Connection psql = JournalFixture.open(DB, "select 1 from lease for update")) {
            journal.write(fixture.changed(S2, "t2"));
            journal.write(JournalFixture.ended(lease));
            journal.write(fixture.changed(S2, "t3"));

            assertThat(journal.flush()).isTrue();

            assertThat(DB.query("select task_id from lease where state = 'active' order by task_id"))
                    .containsExactly("t1", "t2", "t3");
            assertThat(journal.held()).isEqualTo(Map.of("host", 1L));
            psql.rollback();
        }
        awaitWritten();

        assertThat(DB.query("select state from lease where task_id = 't1'")).containsExactly("reaped");
    }

    @Test
    void lockedLeasesOfSeveralHostsBlockOnlyThoseHostsEntries() throws Exception {
        DB.execute("insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                + " values ('S3', 'host3', 2, 'us', 'connected', now())");
        List<Lease> leases = List.of(fixture.lease(S1, "t1"), fixture.lease(S2, "t2"));
        leases.forEach(lease -> journal.write(JournalFixture.changed(lease)));
        assertThat(journal.flush()).isTrue();
        try (Connection psql = JournalFixture.open(DB, "select 1 from lease for update")) {
            leases.forEach(lease -> journal.write(JournalFixture.ended(lease)));
            journal.write(fixture.changed(new MesosAgentId("S3"), "t3"));

            assertThat(journal.flush()).isTrue();

            assertThat(DB.query("select task_id from lease order by task_id")).containsExactly("t1", "t2", "t3");
            assertThat(journal.held()).isEqualTo(Map.of("host", 2L));
            assertThat(journal.awaySince()).isEmpty();
            psql.rollback();
        }
        awaitWritten();

        assertThat(DB.query("select task_id || ' ' || state from lease order by task_id"))
                .containsExactly("t1 reaped", "t2 reaped", "t3 active");
    }

    @Test
    void pausesGrowWhileRowsStayLockedAndAreResetAfterwards() throws Exception {
        Lease lease = fixture.lease(S1, "t1");
        journal.write(JournalFixture.changed(lease));
        assertThat(journal.flush()).isTrue();
        journal.start();
        try {
            try (Connection psql = JournalFixture.open(DB, "select 1 from lease for update")) {
                journal.write(JournalFixture.ended(lease));

                await().atMost(TimeLimit.seconds(20)).untilAsserted(() -> assertThat(journal.pauseOfHeld())
                        .isGreaterThanOrEqualTo(Duration.ofSeconds(4)));
                assertThat(journal.held()).isEqualTo(Map.of("host", 1L));
                psql.rollback();
            }
            await().atMost(TimeLimit.seconds(20))
                    .untilAsserted(() -> assertThat(journal.held()).isEmpty());
            assertThat(journal.pauseOfHeld()).isZero();
            assertThat(DB.query("select state from lease")).containsExactly("reaped");
        } finally {
            journal.close();
        }
    }

    @Test
    void lockedTableCountsAsAnUnavailableDatabase() throws Exception {
        try (Connection psql = JournalFixture.open(DB, "lock table lease in exclusive mode")) {
            IntStream.range(0, 4).forEach(i -> journal.write(fixture.changed(i % 2 == 0 ? S1 : S2, "t" + i)));

            assertThat(journal.flush()).isFalse();

            assertThat(journal.awaySince()).contains(JournalFixture.NOW);
            assertThat(journal.backlog()).isEqualTo(4);
            psql.rollback();
        }
        awaitWritten();

        assertThat(DB.query(EVENTS)).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"withdrawal", "lease"})
    void missingRightOnATableBlocksOnlyThatTablesEntries(String table) {
        Pool pool = poolOfApplication("insert on " + table);
        BatchedJournal app = fixture.journal(pool, TimeLimit.seconds(10));
        Lease lease = fixture.lease(S1, "t1");
        app.write(JournalFixture.withdrawn(lease));
        app.write(fixture.changed(S2, "t2"));
        app.write(fixture.noted(S1, "t3"));

        assertThat(app.flush()).isTrue();

        assertThat(DB.query(EVENTS))
                .containsExactlyInAnyOrder(
                        table.equals("lease") ? "lease.withdrawn t1" : "lease.issued t2", "lease.refused t3");
        assertThat(app.held()).isEqualTo(Map.of(table, 1L));
        assertThat(app.heldUp()).singleElement().asString().startsWith("table=" + table + " entries=1");

        fixture.clock.advance(Duration.ofMinutes(15));
        assertThat(app.isOpen(0)).as("after 15 minutes").isFalse();
        DB.execute("grant insert on " + table + " to journal_app");
        awaitWritten(app);

        assertThat(app.isOpen(0)).isTrue();
        assertThat(DB.query(EVENTS)).hasSize(3);
        pool.closeAndAwait();
    }

    @Test
    void waitingWithdrawalIsWrittenBeforeItsReap() {
        Pool pool = poolOfApplication("insert on withdrawal");
        BatchedJournal app = fixture.journal(pool, TimeLimit.seconds(10));
        Lease lease = fixture.lease(S1, "t1");
        app.write(JournalFixture.changed(lease));
        app.write(JournalFixture.withdrawn(lease));
        app.write(JournalFixture.ended(lease));

        assertThat(app.flush()).isTrue();

        assertThat(DB.query(EVENTS)).containsExactly("lease.issued t1");
        DB.execute("grant insert on withdrawal to journal_app");
        awaitWritten(app);
        assertThat(DB.query(EVENTS))
                .containsExactlyInAnyOrder("lease.issued t1", "lease.withdrawn t1", "lease.reaped t1");
        pool.closeAndAwait();
    }

    @Test
    void withoutTheRightOnAuditEventsNothingIsWritten() {
        Pool pool = poolOfApplication("insert on audit_event");
        BatchedJournal app = fixture.journal(pool, TimeLimit.seconds(10));
        app.write(fixture.changed(S1, "t1"));
        app.write(fixture.noted(S1, "t2"));

        boolean _ = app.flush();

        assertThat(DB.query("select task_id from lease")).isEmpty();
        assertThat(app.backlog()).isEqualTo(2);
        fixture.clock.advance(Duration.ofMinutes(15));
        assertThat(app.isOpen(0)).isFalse();
        pool.closeAndAwait();
    }

    private void awaitWritten() {
        awaitWritten(journal);
    }

    private static void awaitWritten(BatchedJournal journal) {
        await().atMost(TimeLimit.seconds(20)).until(() -> journal.flush() && journal.backlog() == 0);
    }

    /** A pool of the application's user without that right. */
    private static Pool poolOfApplication(String right) {
        DB.execute(
                "do $$ begin create role journal_app login password 'app'; exception when duplicate_object then null; end $$");
        DB.execute("grant usage on schema public to journal_app");
        DB.execute("select grant_application('journal_app')");
        DB.execute("revoke " + right + " from journal_app");
        return JournalFixture.pool(
                DB.reactiveUrl(), URI.create(DB.reactiveUrl()).getPort(), "journal_app", "app");
    }
}
