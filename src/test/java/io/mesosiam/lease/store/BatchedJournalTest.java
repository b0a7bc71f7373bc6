package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.NOW;
import static io.mesosiam.lease.store.JournalFixture.S1;
import static io.mesosiam.lease.store.JournalFixture.S2;
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
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.PolicyId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Rows and events in the order of their entries. */
class BatchedJournalTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal(TestLeaseConfig.DEFAULTS);
    private final LeaseTable table = new LeaseTable(DB.pool());

    @AfterAll
    static void drop() {
        DB.close();
    }

    /**
     * As when a session is handed over to another task: the place in the table is free once the earlier row has ended.
     */
    @Test
    void leaseOfAnOccupiedContainerIsWrittenAfterTheEndOfTheEarlierLease() {
        Lease before = fixture.lease("t1", Optional.of("c1"), active());
        Lease after = fixture.lease("t2", Optional.of("c1"), active());
        journal.write(changed(before, 2));
        assertThat(journal.flush()).isTrue();

        journal.write(ended(before));
        journal.write(changed(after, 2));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactly(after);
        assertThat(journal.refusedRows()).isZero();
    }

    @Test
    void eventIsWrittenWithItsLeaseAndWithoutSecrets() {
        Lease lease = fixture.lease("t1", Optional.of("c1"), active());

        journal.write(changed(lease, 2));
        journal.flush();

        assertThat(DB.query("select concat_ws(' ', kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,"
                        + " container_id, credential_name, lease_id, iam_role_arn, message, detail) from audit_event"))
                .containsExactly("lease.issued us F1 t1 S1 1 c1 default " + lease.id()
                        + " arn:aws:iam::123456789012:role/a why {\"witnessed\": true, \"selfAsserted\": false}");
    }

    @Test
    void leaseIsWrittenWithTheVersionOfThePolicyThatDecided() {
        PolicyId third = new PolicyId(TestLaunches.POLICY.value(), OptionalLong.of(3));
        Lease lease = fixture.lease("t1", Optional.of("c1"), active())
                .issued(new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(2400), 0), third);

        journal.write(changed(lease, 2));
        journal.flush();

        assertThat(DB.query("select policy_version from lease")).containsExactly("3");
        assertThat(DB.query("select policy_version from audit_event")).containsExactly("3");
        assertThat(table.live())
                .singleElement()
                .satisfies(read -> assertThat(read.policy().version()).hasValue(3));
    }

    @Test
    void provenEndIsWrittenForAnyOwnerAndAuditedOnce() {
        Lease lease = fixture.lease("t1", Optional.of("c1"), active());
        journal.write(changed(lease, 2));
        Lease reaped = lease.in(new LeaseState.Reaped("TASK_FINISHED", NOW));
        DB.execute("update agent set epoch = 3");

        journal.write(new Journal.Entry.Ended(reaped, event(reaped)));
        journal.flush();
        assertThat(DB.query("select state from lease")).isEmpty();

        DB.execute("update agent set epoch = 2");
        journal.write(changed(lease, 2));
        journal.write(new Journal.Entry.Ended(reaped, event(reaped)));
        journal.write(new Journal.Entry.Ended(reaped, event(reaped)));
        journal.write(changed(lease, 2));
        journal.flush();

        assertThat(DB.query("select state || ' ' || reason from lease")).containsExactly("reaped why");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("3");
    }

    @Test
    void ofSeveralStepsOfALeaseInOneBatchTheLastRowIsWrittenAndEachEvent() {
        Lease pending = fixture.lease("t1", Optional.empty(), new LeaseState.Pending("waits"));
        Lease issued = pending.in(active());
        Lease bound = issued.bind(ContainerId.parse("c1"));
        DB.execute("create table written (state text, container text)");
        DB.execute("create function note_written() returns trigger language plpgsql as $$ begin"
                + " insert into written values (new.state, new.container_id); return null; end $$");
        DB.execute(
                "create trigger note_written after insert or update on lease for each row execute function note_written()");

        journal.write(changed(pending, 2));
        journal.write(changed(issued, 2));
        journal.write(changed(bound, 2));
        journal.flush();
        DB.execute("drop function note_written() cascade");

        assertThat(DB.query("select concat_ws(' ', state, container) from written"))
                .containsExactly("active c1");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("3");
        assertThat(table.live()).containsExactly(bound);
    }

    @Test
    void placeOfAReapedLeaseIsFreeInTheSameBatch() {
        Lease first = fixture.lease("t1", Optional.of("c1"), active());
        Lease second = fixture.lease("t2", Optional.of("c1"), active());

        journal.write(changed(first, 2));
        journal.write(changed(first.in(new LeaseState.Reaped("policy", NOW)), 2));
        journal.write(changed(second, 2));
        journal.flush();

        assertThat(table.live()).containsExactly(second);
    }

    /** A statement of PostgreSQL can't change a row twice. */
    @Test
    void laterRowOfALeaseThatEndedInTheSameBatchChangesNothing() {
        Lease lease = fixture.lease("t1", Optional.of("c1"), active());
        Lease other = fixture.lease("t2", Optional.of("c1"), active());

        journal.write(changed(lease));
        journal.write(changed(lease.in(new LeaseState.Reaped("policy", NOW))));
        journal.write(changed(lease));
        journal.write(changed(other));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactly(other);
        assertThat(DB.query("select reason from lease where state = 'reaped'")).containsExactly("policy");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("4");
        assertThat(transactions()).isEqualTo(1);
    }

    @Test
    void rowOfALowerRevisionInTheSameBatchChangesNothing() {
        Lease before = fixture.lease("t1", Optional.empty(), active());
        Lease bound = before.bind(ContainerId.parse("c1"));

        journal.write(changed(bound));
        journal.write(changed(before));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactly(bound);
        assertThat(transactions()).isEqualTo(1);
    }

    @Test
    void leaseTakesThePlaceOfAnEarlierBatchesLeaseThatIsReapedInItsOwn() {
        List<Lease> before = IntStream.range(0, 20)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();
        before.forEach(lease -> journal.write(changed(lease)));
        journal.flush();
        List<Lease> after = IntStream.range(0, 20)
                .mapToObj(i -> fixture.lease("t" + (20 + i), Optional.of("c" + i), active()))
                .toList();

        for (int i = 0; i < 20; i++) {
            journal.write(changed(before.get(i).in(new LeaseState.Reaped("policy", NOW))));
            journal.write(changed(after.get(i)));
        }
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactlyInAnyOrderElementsOf(after);
        assertThat(transactions()).isEqualTo(2);
    }

    /** Of twenty ends, only those of leases that have not ended yet are events. */
    @Test
    void onlyEndsThatChangeARowAreAudited() {
        List<Lease> leases = IntStream.range(0, 20)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();
        leases.forEach(lease -> journal.write(changed(lease)));
        leases.subList(0, 10).forEach(lease -> journal.write(ended(lease)));
        journal.flush();
        DB.execute("delete from audit_event");

        leases.forEach(lease -> journal.write(ended(lease)));
        leases.forEach(lease -> journal.write(ended(lease)));
        journal.write(ended(fixture.lease("unknown", Optional.empty(), active())));
        assertThat(journal.flush()).isTrue();

        assertThat(DB.query("select lease_id from audit_event order by id"))
                .isEqualTo(leases.subList(10, 20).stream()
                        .map(lease -> lease.id().toString())
                        .toList());
        assertThat(DB.query("select count(*) from lease where state = 'reaped'"))
                .containsExactly("20");
    }

    /** The rows of many leases are one statement, and the ends of many another one. */
    @Test
    void numberOfStatementsDoesNotDependOnTheNumberOfLeases() {
        DB.execute("create table statements (kind text)");
        DB.execute("create function note_statement() returns trigger language plpgsql as $$ begin"
                + " insert into statements values (tg_op); return null; end $$");
        DB.execute("create trigger note_statement after insert or update on lease for each statement"
                + " execute function note_statement()");
        List<Lease> leases = IntStream.range(0, 50)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();

        leases.forEach(lease -> journal.write(changed(lease)));
        leases.forEach(lease -> journal.write(ended(lease)));
        journal.flush();
        DB.execute("drop function note_statement() cascade");

        // PostgreSQL runs the triggers of both for INSERT … ON CONFLICT DO UPDATE
        assertThat(DB.query("select kind from statements")).containsExactlyInAnyOrder("INSERT", "UPDATE", "UPDATE");
        assertThat(table.live()).isEmpty();
    }

    /** Each of them is a statement of its own. */
    @Test
    void manyLeasesTakeEachOthersPlaceInOneTransaction() {
        for (int i = 0; i < 500; i++) {
            Lease lease = fixture.lease("t" + i, Optional.of("c1"), active());
            journal.write(changed(lease, 2));
            journal.write(ended(lease));
        }

        assertThat(journal.flush()).isTrue();

        assertThat(DB.query("select count(*) from lease where state = 'reaped'"))
                .containsExactly("500");
        assertThat(journal.refusedRows()).isZero();
    }

    @Test
    void placesAreTakenOnTwoHostsInOneTransaction() {
        Lease left = fixture.lease(S1, "t1");
        Lease right = fixture.lease(S2, "t1");
        journal.write(changed(left));
        journal.write(ended(left));
        journal.write(changed(right));
        Lease leftAgain = fixture.lease(S1, "t1");
        journal.write(changed(leftAgain));
        journal.write(ended(right));
        Lease rightAgain = fixture.lease(S2, "t1");
        journal.write(changed(rightAgain));

        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactlyInAnyOrder(leftAgain, rightAgain);
        assertThat(journal.refusedRows()).isZero();
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("6");
    }

    @Test
    void manyEntriesAreWrittenInOrder() {
        List<Lease> many = IntStream.range(0, 2500)
                .mapToObj(i -> fixture.lease("t" + i, Optional.of("c" + i), active()))
                .toList();
        many.forEach(lease -> journal.write(changed(lease, 2)));

        journal.flush();

        assertThat(table.live()).hasSize(2500);
        assertThat(DB.query("select lease_id from audit_event order by id"))
                .isEqualTo(many.stream().map(lease -> lease.id().toString()).toList());
    }

    @Test
    void closeWritesWaitingEntries() {
        journal.start();
        journal.write(changed(fixture.lease("t1", Optional.empty(), active()), 2));

        journal.close();

        assertThat(table.live()).hasSize(1);
    }

    @Test
    void withdrawalIsWrittenBeforeItsReap() {
        Lease lease = fixture.lease("t1", Optional.empty(), active());
        Withdrawal withdrawal = Withdrawal.of(lease.key(), "its time to live ended");

        journal.write(new Journal.Entry.Withdrawn(withdrawal, S1, 2, event(lease)));
        journal.write(new Journal.Entry.Withdrawn(withdrawal, S1, 2, event(lease)));
        journal.flush();

        assertThat(WithdrawalTableTest.table(DB).read())
                .map(Withdrawal::unsigned)
                .containsExactly(withdrawal);
    }

    /** Number of transactions that wrote the audit trail: more than one for a batch if the database refused it as a whole. */
    private static int transactions() {
        return Integer.parseInt(
                DB.query("select count(distinct xmin::text) from audit_event").getFirst());
    }
}
