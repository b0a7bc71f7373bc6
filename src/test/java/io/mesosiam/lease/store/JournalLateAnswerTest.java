package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.S1;
import static io.mesosiam.lease.store.JournalFixture.S2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.DatabaseProxy;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Lease;
import io.vertx.mutiny.sqlclient.Pool;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each entry is written once even if the database's answer is late or lost. */
class JournalLateAnswerTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Duration SHORT = TimeLimit.of(Duration.ofMillis(300));
    private static final String EVENTS =
            "select kind || ' ' || task_id from audit_event where kind like 'lease.%' order by id";

    private final JournalFixture fixture = new JournalFixture(DB);

    /** Makes each COMMIT of an audit event wait for advisory lock 42. */
    @BeforeAll
    static void commitsWait() {
        DB.execute("""
                create function wait_for_lock() returns trigger language plpgsql as $$
                begin
                    while not pg_try_advisory_xact_lock_shared(42) loop
                        perform pg_sleep(0.005);
                    end loop;
                    return null;
                end
                $$""");
        DB.execute("create constraint trigger wait_for_lock after insert on audit_event deferrable initially deferred"
                + " for each row execute function wait_for_lock()");
    }

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void entriesOfACommitWithALateAnswerAreNotWrittenAgain() throws Exception {
        BatchedJournal journal = fixture.journal(DB.pool(), SHORT);
        Lease ended = fixture.lease(S1, "ended");
        Lease withdrawn = fixture.lease(S2, "withdrawn");
        journal.write(JournalFixture.changed(ended));
        journal.write(JournalFixture.ended(ended));
        journal.write(JournalFixture.withdrawn(withdrawn));
        journal.write(fixture.noted(S2, "noted"));

        try (Connection lock = JournalFixture.open(DB, "select pg_advisory_xact_lock(42)")) {
            assertThat(journal.flush()).isFalse();
            assertThat(journal.flush())
                    .as("while the first transaction has not ended")
                    .isFalse();
            lock.rollback();
        }
        await().atMost(TimeLimit.seconds(10)).until(() -> DB.query(EVENTS).size() == 4);
        DB.execute("update withdrawal set lifted_at = now()");
        await().atMost(TimeLimit.seconds(10)).until(journal::flush);

        assertThat(journal.backlog()).isZero();
        assertThat(DB.query(EVENTS))
                .containsExactly(
                        "lease.issued ended", "lease.withdrawn withdrawn", "lease.refused noted", "lease.reaped ended");
        assertThat(DB.query("select state from lease")).containsExactly("reaped");
        assertThat(DB.query("select count(*) from withdrawal where lifted_at is null"))
                .as("a withdrawal that was lifted does not come back")
                .containsExactly("0");
    }

    @Test
    void transactionThatIsLateBeforeItsCommitIsRolledBackAndWrittenOnce() throws Exception {
        BatchedJournal journal = fixture.journal(DB.pool(), SHORT);
        journal.write(fixture.changed(S1, "t1"));
        journal.write(fixture.noted(S1, "t2"));

        try (Connection lock = JournalFixture.open(DB, "lock table audit_event in exclusive mode")) {
            assertThat(journal.flush()).isFalse();
            lock.rollback();
        }
        await().atMost(TimeLimit.seconds(10)).until(journal::flush);

        assertThat(DB.query(EVENTS)).containsExactly("lease.issued t1", "lease.refused t2");
        await().atMost(TimeLimit.seconds(10))
                .until(() -> DB.query("select pid from pg_stat_activity where datname = current_database()"
                                + " and state like 'idle in transaction%'")
                        .isEmpty());
        assertThat(DB.query(EVENTS)).hasSize(2);
    }

    @Test
    void connectionLostBetweenCommitAndAnswerLosesAndDuplicatesNothing() throws Exception {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = JournalFixture.pool(DB.reactiveUrl(), proxy.port(), DB.user(), DB.password());
            BatchedJournal journal = fixture.journal(pool, TimeLimit.seconds(20));
            journal.write(fixture.changed(S1, "t1"));
            journal.write(fixture.noted(S1, "t2"));
            CompletableFuture<Boolean> written;
            try (Connection lock = JournalFixture.open(DB, "select pg_advisory_xact_lock(42)")) {
                written = CompletableFuture.supplyAsync(journal::flush);
                await().atMost(TimeLimit.seconds(10))
                        .until(() -> !DB.query("select pid from pg_stat_activity where query ilike 'commit%'"
                                        + " and state = 'active' and datname = current_database()")
                                .isEmpty());
                proxy.silence(true);
                lock.rollback();
            }
            await().atMost(TimeLimit.seconds(10)).until(() -> DB.query(EVENTS).size() == 2);
            proxy.cut();
            assertThat(written.get(TimeLimit.seconds(20).toSeconds(), TimeUnit.SECONDS))
                    .isFalse();
            proxy.silence(false);
            journal.write(fixture.noted(S1, "t3"));
            await().atMost(TimeLimit.seconds(10)).until(journal::flush);

            assertThat(DB.query(EVENTS)).containsExactly("lease.issued t1", "lease.refused t2", "lease.refused t3");
            assertThat(journal.backlog()).isZero();
            pool.closeAndAwait();
        }
    }

    @Test
    void unresponsiveDatabaseUsesFewConnections() {
        try (DatabaseProxy proxy = new DatabaseProxy(DB.reactiveUrl())) {
            Pool pool = JournalFixture.pool(DB.reactiveUrl(), proxy.port(), DB.user(), DB.password());
            BatchedJournal journal = fixture.journal(pool, SHORT);
            journal.write(fixture.changed(S1, "t1"));
            proxy.silence(true);

            for (int i = 0; i < 5; i++) {
                assertThat(journal.flush()).isFalse();
            }
            assertThat(pool.size()).isLessThanOrEqualTo(2);
            proxy.silence(false);
            await().atMost(TimeLimit.seconds(10)).until(journal::flush);

            assertThat(DB.query(EVENTS)).containsExactly("lease.issued t1");
            pool.closeAndAwait();
        }
    }
}
