package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.S1;
import static io.mesosiam.lease.store.JournalFixture.active;
import static io.mesosiam.lease.store.JournalFixture.changed;
import static io.mesosiam.lease.store.JournalFixture.ended;
import static io.mesosiam.lease.store.JournalFixture.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Which entries are written depends on the latest claim of their host. */
class JournalFencingTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal(TestLeaseConfig.DEFAULTS);
    private final LeaseTable table = new LeaseTable(DB.pool());
    private final List<String> fenced = new ArrayList<>();

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void entryOfAFencedControllerIsDropped() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));

        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        journal.write(changed(fixture.lease("t2", Optional.empty(), active()), 2));
        journal.write(new Journal.Entry.Noted(S1, 1, event(fixture.lease("t3", Optional.empty(), active()))));
        journal.flush();

        assertThat(table.live())
                .extracting(it -> it.launch().key().task().value())
                .containsExactly("t2");
        assertThat(DB.query("select task_id from audit_event")).containsExactly("t2");
        assertThat(fenced).containsExactly("S1 1");
    }

    @Test
    void failingListenerDoesNotAffectTheJournal() {
        journal.onFenced((host, epoch) -> {
            throw new StackOverflowError();
        });
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        journal.write(changed(fixture.lease("t2", Optional.empty(), active()), 2));

        assertThat(journal.flush()).isTrue();

        assertThat(journal.listenerFailures()).isEqualTo(1);
        assertThat(journal.awaySince()).isEmpty();
        assertThat(journal.backlog()).isZero();
        assertThat(DB.query("select task_id from lease")).containsExactly("t2");
    }

    @Test
    void liveLeaseWhoseRowAnotherControllerHasEndedIsReportedAndItsRowStaysEnded() {
        List<LeaseId> reported = new ArrayList<>();
        journal.onEnded(reported::add);
        Lease over = fixture.lease("t1", Optional.empty(), active());
        Lease live = fixture.lease("t2", Optional.empty(), active());
        journal.write(changed(over, 2));
        journal.write(changed(live, 2));
        journal.flush();
        try (BatchedJournal other = fixture.journal(TestLeaseConfig.DEFAULTS)) {
            other.write(ended(over));
            assertThat(other.flush()).isTrue();
        }
        assertThat(reported).isEmpty();

        journal.write(changed(over.bind(ContainerId.of("c1")), 2));
        journal.write(changed(live.bind(ContainerId.of("c2")), 2));
        journal.flush();

        assertThat(reported).containsExactly(over.id());
        assertThat(table.live()).extracting(Lease::id).containsExactly(live.id());
    }

    @Test
    void entryOfAnEarlierClaimOfThisControllerIsWritten() {
        journal.claimed(S1, 1, false);
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        journal.claimed(S1, 2, true);

        journal.flush();

        assertThat(table.live()).hasSize(1);
    }

    @Test
    void entryWaitsForTheAnswerToItsClaim() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        journal.claimed(S1, 1, false);
        journal.claimBegins(S1);
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        assertThat(journal.flush()).isTrue();
        assertThat(table.live()).isEmpty();

        journal.claimed(S1, 2, true);
        journal.flush();

        assertThat(table.live()).hasSize(1);
        assertThat(fenced).isEmpty();
        assertThat(journal.backlog()).isZero();
    }

    /** The row's claim is of an earlier process of this controller. */
    @Test
    void entryIsDroppedOnceNoClaimOfItsHostIsLeft() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        journal.claimBegins(S1);
        journal.claimed(S1, 0, false);
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 0));
        journal.flush();
        assertThat(journal.backlog()).isEqualTo(1);

        journal.claimEnds(S1);
        journal.flush();

        assertThat(journal.backlog()).isZero();
        assertThat(fenced).containsExactly("S1 0");
        assertThat(table.live()).isEmpty();
    }

    /** The row has its new claim, and the host waits for its turn here. */
    @Test
    void entryOfAHostThatReturnsWaitsForItsClaim() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        journal.claimBegins(S1);
        journal.claimed(S1, 1, false);
        journal.claimEnds(S1);
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));

        journal.claimBegins(S1);
        journal.flush();
        assertThat(journal.backlog()).isEqualTo(1);
        journal.claimed(S1, 2, true);
        journal.claimEnds(S1);
        journal.flush();

        assertThat(fenced).isEmpty();
        assertThat(table.live()).hasSize(1);
    }

    @Test
    void entriesOfOneHostKeepTheirOrderWhileTheyWaitForTheAnswerToAClaim() {
        Lease first = fixture.lease("t1", Optional.empty(), active());
        journal.claimed(S1, 2, false);
        journal.claimBegins(S1);
        journal.write(changed(first));
        journal.flush();
        DB.execute("update agent set epoch = 3 where mesos_agent_id = 'S1'");
        journal.write(changed(first.in(new LeaseState.Reaped("replaced", JournalFixture.NOW))));
        journal.flush();

        journal.write(changed(fixture.lease("t1", Optional.empty(), active())));
        journal.claimed(S1, 3, true);
        journal.flush();

        assertThat(journal.refusedRows()).isZero();
        assertThat(DB.query("select id::text || ' ' || state from lease order by id"))
                .containsExactly(
                        "00000000-0000-0001-0000-000000000001 reaped", "00000000-0000-0001-0000-000000000002 active");
    }

    @Test
    void entriesBehindAnEarlyOneInTheQueueWaitToo() {
        Lease first = fixture.lease("t1", Optional.empty(), active());
        journal.claimed(S1, 1, false);
        journal.claimBegins(S1);
        // a batch has 1,000 entries
        IntStream.range(0, 999).forEach(_ -> journal.write(fixture.noted(JournalFixture.S2, "t2")));
        journal.write(changed(first, 1));
        journal.write(changed(first.in(new LeaseState.Reaped("replaced", JournalFixture.NOW)), 1));
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        journal.flush();
        assertThat(journal.backlog()).isEqualTo(3);

        journal.claimed(S1, 2, true);
        journal.flush();

        assertThat(journal.refusedRows()).isZero();
        assertThat(DB.query("select state from lease order by id")).containsExactly("reaped", "active");
    }

    @Test
    void endOfALeaseThatIsNotWrittenYetEndsItsRow() {
        Lease before = fixture.lease("t1", Optional.empty(), active());
        Lease during = fixture.lease("t2", Optional.empty(), active());
        Lease after = fixture.lease("t3", Optional.empty(), active());
        journal.claimed(S1, 1, false);
        journal.claimBegins(S1);
        journal.write(changed(before, 1));
        journal.write(ended(before));
        journal.write(changed(during, 1));
        journal.write(changed(after, 1));
        journal.flush();
        journal.write(ended(during));
        journal.flush();
        assertThat(table.live()).isEmpty();

        journal.write(ended(after));
        journal.claimed(S1, 2, true);
        journal.flush();

        assertThat(DB.query("select state from lease")).containsExactly("reaped", "reaped", "reaped");
        assertThat(DB.query("select task_id from audit_event where kind = 'lease.reaped' order by task_id"))
                .containsExactly("t1", "t2", "t3");
        assertThat(journal.backlog()).isZero();
    }

    @Test
    void entryBeforeAnyAnswerToAClaimIsNotFenced() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        DB.execute("update agent set controller_id = 'another'");
        journal.claimBegins(S1);
        journal.claimed(S1, 0, false);
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 0));
        journal.flush();
        assertThat(fenced).isEmpty();

        journal.claimed(S1, 3, false);
        journal.flush();

        assertThat(table.live()).isEmpty();
        assertThat(fenced).containsExactly("S1 0");
    }

    @Test
    void entryOfAHostOfAnotherControllerIsFencedForAnyEpoch() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        DB.execute("update agent set controller_id = 'another'");
        journal.claimed(S1, 1, false);

        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 1));
        journal.flush();

        assertThat(fenced).containsExactly("S1 1");
    }
}
