package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.NOW;
import static io.mesosiam.lease.store.JournalFixture.active;
import static io.mesosiam.lease.store.JournalFixture.changed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Entries wait while the database is unavailable, up to a limit; a drain and the close write them. */
class JournalOutageTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal(TestLeaseConfig.DEFAULTS);
    private final LeaseTable table = new LeaseTable(DB.pool());

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void entryWrittenBeforeAnOutageIsNotWrittenAgain() {
        DB.execute("create function interrupt() returns trigger language plpgsql as"
                + " 'begin if new.task_id = ''t2'' then raise exception ''not here''; end if;"
                + " raise exception ''shutting down'' using errcode = ''57P01''; end'");
        DB.execute("create trigger interrupt before insert on lease for each row when (new.task_id in ('t2', 't3'))"
                + " execute function interrupt()");
        journal.write(changed(fixture.lease("t1", Optional.of("c1"), active()), 2));
        journal.write(changed(fixture.lease("t2", Optional.of("c2"), active()), 2));
        journal.write(changed(fixture.lease("t3", Optional.of("c3"), active()), 2));
        try {
            assertThat(journal.flush()).isFalse();
        } finally {
            DB.execute("drop function interrupt cascade");
        }
        assertThat(journal.backlog()).isLessThan(3);

        assertThat(journal.flush()).isTrue();
        assertThat(DB.query("select task_id from audit_event order by id")).containsExactly("t1", "t2", "t3");
    }

    @Test
    void ageIsThatOfTheOldestEntryThatWaits() {
        assertThat(journal.age()).isZero();
        journal.write(changed(fixture.lease("t1", Optional.of("c1"), active()), 2));
        Duration first = journal.age();
        journal.write(changed(fixture.lease("t2", Optional.of("c2"), active()), 2));
        assertThat(journal.age()).isGreaterThan(first);

        assertThat(journal.flush()).isTrue();
        assertThat(journal.age()).isZero();
    }

    @Test
    void droppedEntriesBeyondTheLimitAreCounted() {
        BatchedJournal small = fixture.journal(new TestLeaseConfig(
                256,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ZERO,
                1,
                Duration.ofMinutes(15),
                Duration.ofSeconds(1)));

        IntStream.range(0, 6).forEach(i -> small.write(changed(fixture.lease("t" + i, Optional.empty(), active()), 2)));

        assertThat(small.dropped()).isEqualTo(2);
    }

    @Test
    void entriesWaitInOrderDuringAnOutageAndTheJournalClosesAfterItsLimit() {
        DB.execute("alter table audit_event rename to away");
        Lease lease = fixture.lease("t1", Optional.empty(), active());
        try {
            journal.write(changed(lease, 2));
            assertThat(journal.flush()).isFalse();
            assertThat(table.live()).isEmpty();
            journal.write(changed(lease.in(new LeaseState.Reaped("policy", NOW)), 2));

            fixture.clock.advance(Duration.ofMinutes(15).minusMillis(1));
            assertThat(journal.isOpen(0)).isTrue();
            fixture.clock.advance(Duration.ofMillis(1));
            assertThat(journal.isOpen(0)).isFalse();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }

        assertThat(journal.flush()).isTrue();
        assertThat(journal.isOpen(0)).isTrue();
        assertThat(DB.query("select state from lease")).containsExactly("reaped");
    }

    @Test
    void drainWritesWaitingEntriesWithoutTheDelay() {
        BatchedJournal slow = fixture.journal(config(Duration.ofHours(1), 20_000));
        slow.start();
        Lease lease = fixture.lease("t1", Optional.empty(), active());
        slow.write(changed(lease, 2));

        assertThat(slow.drain(TimeLimit.seconds(10))).isTrue();

        assertThat(table.live()).containsExactly(lease);
        slow.close();
    }

    @Test
    void drainEndsAtItsLimitDuringAnOutage() {
        BatchedJournal slow = fixture.journal(config(Duration.ZERO, 20_000));
        DB.execute("alter table audit_event rename to away");
        try {
            slow.start();
            slow.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));

            assertThat(slow.drain(Duration.ofMillis(50))).isFalse();
            assertThat(slow.backlog()).isOne();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }
        slow.close();
    }

    @Test
    void drainAfterAnOutageDoesNotWaitForTheNextRetry() {
        BatchedJournal slow = fixture.journal(config(Duration.ZERO, 20_000));
        DB.execute("alter table audit_event rename to away");
        try {
            slow.start();
            slow.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));
            // The last pause that began is at least half as long.
            await().atMost(TimeLimit.seconds(20))
                    .until(() -> slow.pauseAfterFailure().compareTo(Duration.ofSeconds(5)) >= 0);
        } finally {
            DB.execute("alter table away rename to audit_event");
        }

        // This is less than the rest of the pause.
        assertThat(slow.drain(Duration.ofSeconds(2))).isTrue();

        assertThat(table.live()).hasSize(1);
        slow.close();
    }

    @Test
    void unwrittenEntriesAndEntriesAfterTheCloseAreCounted() {
        BatchedJournal closing = fixture.journal(TestLeaseConfig.DEFAULTS);
        DB.execute("alter table audit_event rename to away");
        try {
            closing.start();
            closing.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));
            closing.close();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }
        assertThat(closing.dropped()).isEqualTo(1);

        closing.write(changed(fixture.lease("t2", Optional.empty(), active()), 2));
        closing.write(changed(fixture.lease("t3", Optional.empty(), active()), 2));

        assertThat(closing.dropped()).isEqualTo(3);
        assertThat(closing.flush()).isTrue();
        assertThat(DB.query("select task_id from lease where task_id in ('t2', 't3')"))
                .isEmpty();
    }

    @Test
    void journalClosesForNewLeasesWhenTooManyEntriesWait() {
        BatchedJournal small = fixture.journal(config(Duration.ZERO, 3));
        IntStream.range(0, 3).forEach(i -> small.write(changed(fixture.lease("t" + i, Optional.empty(), active()), 2)));

        assertThat(small.isOpen(0)).isFalse();

        small.flush();
        assertThat(small.isOpen(0)).isTrue();
        assertThat(table.live()).hasSize(3);
    }

    @Test
    void journalClosesForNewLeasesWhenTheSessionsThatTasksWaitForCouldFillIt() {
        BatchedJournal small = fixture.journal(config(Duration.ZERO, 3));
        assertThat(small.isOpen(11)).isTrue();
        assertThat(small.isOpen(12)).isFalse();

        small.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));

        assertThat(small.isOpen(10)).isTrue();
        assertThat(small.isOpen(11)).isFalse();
    }

    private static LeaseConfig config(Duration journalDelay, int journalCapacity) {
        return new TestLeaseConfig(
                256,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                journalDelay,
                journalCapacity,
                Duration.ofMinutes(15),
                Duration.ofSeconds(1));
    }
}
