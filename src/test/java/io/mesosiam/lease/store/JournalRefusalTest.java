package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.NOW;
import static io.mesosiam.lease.store.JournalFixture.active;
import static io.mesosiam.lease.store.JournalFixture.changed;
import static io.mesosiam.lease.store.JournalFixture.ended;
import static io.mesosiam.lease.store.JournalFixture.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** An entry whose row or event the database refuses does not affect the others. */
class JournalRefusalTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal(TestLeaseConfig.DEFAULTS);
    private final LeaseTable table = new LeaseTable(DB.pool());

    @AfterAll
    static void drop() {
        DB.close();
    }

    @Test
    void refusedEntryDoesNotAffectOthers() {
        Lease first = fixture.lease("t1", Optional.of("c1"), active());
        Lease last = fixture.lease("t3", Optional.of("c3"), active());
        refusing("refused", () -> {
            journal.write(changed(first, 2));
            journal.write(changed(fixture.lease("refused", Optional.empty(), active()), 2));
            journal.write(changed(fixture.lease("refused", Optional.of("c1"), active()), 2));
            journal.write(changed(last, 2));
            assertThat(journal.flush()).isTrue();
        });

        assertThat(table.live()).containsExactlyInAnyOrder(first, last);
    }

    @Test
    void refusedRowAmongFiftyLeavesTheOthers() {
        List<Lease> leases = IntStream.range(0, 50)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();
        refusing("t31", () -> {
            leases.forEach(lease -> journal.write(changed(lease)));
            leases.subList(40, 50).forEach(lease -> journal.write(ended(lease)));
            assertThat(journal.flush()).isTrue();
        });

        List<Lease> live = new ArrayList<>(leases.subList(0, 40));
        live.remove(31);
        assertThat(table.live()).containsExactlyInAnyOrderElementsOf(live);
        assertThat(DB.query("select count(*) from lease where state = 'reaped'"))
                .containsExactly("10");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("60");
        assertThat(journal.refusedRows()).isEqualTo(1);
    }

    @Test
    void leaseAndOtherEntriesOfARefusedAuditEventAreWritten() {
        Lease refused = fixture.lease("refused", Optional.of("c2"), active());
        List<Lease> all = List.of(
                fixture.lease("t1", Optional.of("c1"), active()),
                refused,
                fixture.lease("t3", Optional.of("c3"), active()));
        DB.execute("alter table audit_event add constraint no_such_task check (task_id <> 'refused') not valid");
        try {
            all.forEach(lease -> journal.write(changed(lease, 2)));
            assertThat(journal.flush()).isTrue();
        } finally {
            DB.execute("alter table audit_event drop constraint no_such_task");
        }

        assertThat(table.live()).containsExactlyInAnyOrderElementsOf(all);
        assertThat(DB.query("select task_id from audit_event order by id")).containsExactly("t1", "t3");
        assertThat(journal.refusedEvents()).isEqualTo(1);
        assertThat(journal.refusedRows()).isZero();
    }

    @Test
    void auditEventOfARefusedRowIsWritten() {
        refusing("t2", () -> {
            journal.write(changed(fixture.lease("t1", Optional.of("c1"), active()), 2));
            journal.write(changed(fixture.lease("t2", Optional.of("c2"), active()), 2));
            journal.flush();
        });

        assertThat(DB.query("select task_id from lease")).containsExactly("t1");
        assertThat(DB.query("select task_id from audit_event order by id")).containsExactly("t1", "t2");
        assertThat(journal.refusedRows()).isEqualTo(1);
        assertThat(journal.refusedEvents()).isZero();
    }

    @Test
    void rowRefusedByATriggerOfTheSiteDoesNotAffectOthers() {
        DB.execute("create function refuse() returns trigger language plpgsql as"
                + " 'begin raise exception ''not here''; end'");
        DB.execute("create trigger refuse before insert on lease for each row when (new.task_id = 't2')"
                + " execute function refuse()");
        try {
            journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));
            journal.write(changed(fixture.lease("t2", Optional.empty(), active()), 2));
            journal.write(changed(fixture.lease("t3", Optional.empty(), active()), 2));
            assertThat(journal.flush()).isTrue();
        } finally {
            DB.execute("drop function refuse cascade");
        }

        assertThat(DB.query("select task_id from lease order by task_id")).containsExactly("t1", "t3");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("3");
    }

    @Test
    void leasesAndEndsAreWrittenDespiteExistingAuditIds() {
        Lease ended = fixture.lease("ended", Optional.of("c-ended"), active());
        journal.write(changed(ended, 2));
        journal.flush();
        DB.execute("alter table audit_event disable trigger user");
        DB.execute("insert into audit_event (id, kind, actor) overriding system value"
                + " select coalesce(max(id), 0) + n, 'lease.issued', 'forged'"
                + " from audit_event, generate_series(1, 3) as n group by n");
        DB.execute("alter table audit_event enable trigger user");
        List<Lease> leases = IntStream.range(0, 20)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();

        leases.forEach(lease -> journal.write(changed(lease, 2)));
        journal.write(new Journal.Entry.Ended(
                ended.in(new LeaseState.Reaped("TASK_FINISHED", NOW)),
                event(ended.in(new LeaseState.Reaped("TASK_FINISHED", NOW)))));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactlyInAnyOrderElementsOf(leases);
        assertThat(DB.query("select state from lease where task_id = 'ended'")).containsExactly("reaped");
    }

    /** A failover of the database lost a commit: the end of a lease, and the row of its successor. */
    @Test
    void rowThatHasThePlaceOfTheLeaseThatIsServedEnds() {
        Lease ofLaunch = fixture.lease("t1", Optional.of("c1"), active());
        Lease ofContainer = fixture.lease("t2", Optional.of("c2"), active());
        Lease other = fixture.lease("t3", Optional.of("c3"), active());
        List.of(ofLaunch, ofContainer, other).forEach(lease -> journal.write(changed(lease, 2)));
        journal.flush();
        DB.execute("delete from audit_event");

        Lease served = fixture.lease("t1", Optional.of("c2"), active());
        journal.write(changed(served, 2));
        journal.flush();

        assertThat(table.live()).containsExactlyInAnyOrder(other, served);
        assertThat(DB.query("select kind || ' ' || lease_id || ' ' || actor || ' ' || message from audit_event"))
                .containsExactlyInAnyOrder(
                        "lease.reaped " + ofLaunch.id() + " us lease " + served.id()
                                + " has its place; the database had lost its end",
                        "lease.reaped " + ofContainer.id() + " us lease " + served.id()
                                + " has its place; the database had lost its end",
                        "lease.issued " + served.id() + " us why");
        assertThat(journal.refusedRows()).isZero();
    }

    /** The database refuses rows of that task. */
    private static void refusing(String task, Runnable written) {
        DB.execute("alter table lease add constraint no_such_task check (task_id <> '" + task + "') not valid");
        try {
            written.run();
        } finally {
            DB.execute("alter table lease drop constraint no_such_task");
        }
    }
}
