package io.mesosiam.lease.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mesosiam.fakes.ManualClock;
import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.fakes.TimeLimit;
import io.mesosiam.lease.AuditEvent;
import io.mesosiam.lease.AuditEvent.Kind;
import io.mesosiam.lease.Journal;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseConfig;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.lease.reconcile.TestLaunches;
import io.mesosiam.lease.reconcile.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchedJournalTest {
    private static final TestDatabase DB = TestPostgres.database();
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MesosAgentId HOST = TestLaunches.HOST;

    private final ManualClock clock = new ManualClock(NOW);
    private final LeaseTable table = new LeaseTable(DB.pool());
    private final BatchedJournal journal = journal(TestLeaseConfig.DEFAULTS);
    private final List<String> fenced = new ArrayList<>();
    private int leases;

    @AfterAll
    static void drop() {
        DB.close();
    }

    @BeforeEach
    void hostWithEpochTwo() {
        DB.execute("delete from lease");
        DB.execute("delete from withdrawal");
        DB.execute("truncate audit_event");
        DB.execute("delete from agent");
        DB.execute("insert into agent (mesos_agent_id, hostname, epoch, controller_id, state, connected_at)"
                + " values ('S1', 'host1', 2, 'us', 'connected', now())");
    }

    static Stream<LeaseState> liveStates() {
        return Stream.of(
                new LeaseState.Pending("waiting for STS"),
                new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(2000), 3),
                new LeaseState.Renewing(NOW.plusSeconds(3600), 1),
                new LeaseState.Failed("AccessDenied \0 " + "x".repeat(10), 4, NOW.plusSeconds(15)),
                new LeaseState.Active(NOW.plusSeconds(3600).plusNanos(1_999), NOW.plusNanos(123_456_789), 0),
                new LeaseState.Renewing(NOW.plusNanos(999_999_999), 1),
                new LeaseState.Pending("cut in a character: " + "x".repeat(3979) + "\uD83D\uDE00"),
                new LeaseState.Failed("half a character: \uD800", 1, NOW.minusNanos(1)));
    }

    @ParameterizedTest
    @MethodSource("liveStates")
    void liveLeaseIsReadAsItWasWritten(LeaseState state) {
        Lease lease = lease("t1", Optional.of("outer/inner"), state);

        journal.write(changed(lease, 2));
        assertThat(journal.flush()).isTrue();

        LeaseState read = state instanceof LeaseState.Failed failed
                ? new LeaseState.Failed(failed.reason().replace("\0", ""), failed.attempts(), failed.retryAt())
                : state;
        assertThat(table.live()).containsExactly(lease.in(read));
        assertThat(table.live(HOST)).containsExactly(lease.in(read));
        assertThat(table.live(new MesosAgentId("S2"))).isEmpty();
    }

    /**
     * As when a session is handed over to another task: the place in the table is free once the earlier row has ended.
     */
    @Test
    void leaseOfAnOccupiedContainerIsWrittenAfterTheEndOfTheEarlierLease() {
        Lease before = lease("t1", Optional.of("c1"), active());
        Lease after = lease("t2", Optional.of("c1"), active());
        journal.write(changed(before, 2));
        assertThat(journal.flush()).isTrue();

        journal.write(JournalFixture.ended(before));
        journal.write(changed(after, 2));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactly(after);
        assertThat(journal.refusedRows()).isZero();
    }

    @Test
    void eventIsWrittenWithItsLeaseAndWithoutSecrets() {
        Lease lease = lease("t1", Optional.of("c1"), active());

        journal.write(changed(lease, 2));
        journal.flush();

        assertThat(DB.query("select concat_ws(' ', kind, actor, framework_id, task_id, mesos_agent_id, launch_sequence,"
                        + " container_id, credential_name, lease_id, iam_role_arn, message, detail) from audit_event"))
                .containsExactly("lease.issued us F1 t1 S1 1 c1 default " + lease.id()
                        + " arn:aws:iam::123456789012:role/a why {\"witnessed\": true, \"selfAsserted\": false}");
    }

    @Test
    void entryOfAFencedControllerIsDropped() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));

        journal.write(changed(lease("t1", Optional.empty(), active()), 1));
        journal.write(changed(lease("t2", Optional.empty(), active()), 2));
        journal.write(new Journal.Entry.Noted(HOST, 1, event(lease("t3", Optional.empty(), active()))));
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
        journal.write(changed(lease("t1", Optional.empty(), active()), 1));
        journal.write(changed(lease("t2", Optional.empty(), active()), 2));

        assertThat(journal.flush()).isTrue();

        assertThat(journal.listenerFailures()).isEqualTo(1);
        assertThat(journal.awaySince()).isEmpty();
        assertThat(journal.backlog()).isZero();
        assertThat(DB.query("select task_id from lease")).containsExactly("t2");
    }

    @Test
    void entryOfAnEarlierClaimOfThisControllerIsWritten() {
        journal.claimed(HOST, 1, false);
        journal.write(changed(lease("t1", Optional.empty(), active()), 1));
        journal.claimed(HOST, 2, true);

        journal.flush();

        assertThat(table.live()).hasSize(1);
    }

    @Test
    void entryWaitsForTheAnswerToItsClaim() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        journal.claimed(HOST, 1, false);
        journal.write(changed(lease("t1", Optional.empty(), active()), 1));
        assertThat(journal.flush()).isTrue();
        assertThat(table.live()).isEmpty();

        journal.claimed(HOST, 2, true);
        journal.flush();

        assertThat(table.live()).hasSize(1);
        assertThat(fenced).isEmpty();
        assertThat(journal.backlog()).isZero();
    }

    @Test
    void entryBeforeAnyAnswerToAClaimIsNotFenced() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        DB.execute("update agent set controller_id = 'another'");
        journal.claimed(HOST, 0, false);
        journal.write(changed(lease("t1", Optional.empty(), active()), 0));
        journal.flush();
        assertThat(fenced).isEmpty();

        journal.claimed(HOST, 3, false);
        journal.flush();

        assertThat(table.live()).isEmpty();
        assertThat(fenced).containsExactly("S1 0");
    }

    @Test
    void entryOfAHostOfAnotherControllerIsFencedForAnyEpoch() {
        journal.onFenced((host, epoch) -> fenced.add(host + " " + epoch));
        DB.execute("update agent set controller_id = 'another'");
        journal.claimed(HOST, 1, false);

        journal.write(changed(lease("t1", Optional.empty(), active()), 1));
        journal.flush();

        assertThat(fenced).containsExactly("S1 1");
    }

    @Test
    void provenEndIsWrittenForAnyOwnerAndAuditedOnce() {
        Lease lease = lease("t1", Optional.of("c1"), active());
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
    void placeOfAReapedLeaseIsFreeInTheSameBatch() {
        Lease first = lease("t1", Optional.of("c1"), active());
        Lease second = lease("t2", Optional.of("c1"), active());

        journal.write(changed(first, 2));
        journal.write(changed(first.in(new LeaseState.Reaped("policy", NOW)), 2));
        journal.write(changed(second, 2));
        journal.flush();

        assertThat(table.live()).containsExactly(second);
    }

    @Test
    void refusedEntryDoesNotAffectOthers() {
        Lease first = lease("t1", Optional.of("c1"), active());

        journal.write(changed(first, 2));
        journal.write(changed(lease("t1", Optional.empty(), active()), 2));
        journal.write(changed(lease("t2", Optional.of("c1"), active()), 2));
        Lease last = lease("t3", Optional.of("c3"), active());
        journal.write(changed(last, 2));

        assertThat(journal.flush()).isTrue();
        assertThat(table.live()).containsExactlyInAnyOrder(first, last);
    }

    @Test
    void leaseAndOtherEntriesOfARefusedAuditEventAreWritten() {
        Lease refused = lease("refused", Optional.of("c2"), active());
        List<Lease> all =
                List.of(lease("t1", Optional.of("c1"), active()), refused, lease("t3", Optional.of("c3"), active()));
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
        journal.write(changed(lease("t1", Optional.of("c1"), active()), 2));
        journal.write(changed(lease("t2", Optional.of("c1"), active()), 2));
        journal.flush();

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
            journal.write(changed(lease("t1", Optional.empty(), active()), 2));
            journal.write(changed(lease("t2", Optional.empty(), active()), 2));
            journal.write(changed(lease("t3", Optional.empty(), active()), 2));
            assertThat(journal.flush()).isTrue();
        } finally {
            DB.execute("drop function refuse cascade");
        }

        assertThat(DB.query("select task_id from lease order by task_id")).containsExactly("t1", "t3");
        assertThat(DB.query("select count(*) from audit_event")).containsExactly("3");
    }

    @Test
    void leasesAndEndsAreWrittenDespiteExistingAuditIds() {
        Lease ended = lease("ended", Optional.of("c-ended"), active());
        journal.write(changed(ended, 2));
        journal.flush();
        DB.execute("alter table audit_event disable trigger user");
        DB.execute("insert into audit_event (id, kind, actor) overriding system value"
                + " select coalesce(max(id), 0) + n, 'lease.issued', 'forged'"
                + " from audit_event, generate_series(1, 3) as n group by n");
        DB.execute("alter table audit_event enable trigger user");
        List<Lease> leases = IntStream.range(0, 20)
                .mapToObj(i -> lease("t" + i, Optional.of("c" + i), active()))
                .toList();

        leases.forEach(lease -> journal.write(changed(lease, 2)));
        journal.write(new Journal.Entry.Ended(
                ended.in(new LeaseState.Reaped("TASK_FINISHED", NOW)),
                event(ended.in(new LeaseState.Reaped("TASK_FINISHED", NOW)))));
        assertThat(journal.flush()).isTrue();

        assertThat(table.live()).containsExactlyInAnyOrderElementsOf(leases);
        assertThat(DB.query("select state from lease where task_id = 'ended'")).containsExactly("reaped");
    }

    @Test
    void entryWrittenBeforeAnOutageIsNotWrittenAgain() {
        DB.execute("create function interrupt() returns trigger language plpgsql as"
                + " 'begin raise exception ''shutting down'' using errcode = ''57P01''; end'");
        DB.execute("create trigger interrupt before insert on lease for each row when (new.task_id = 't3')"
                + " execute function interrupt()");
        journal.write(changed(lease("t1", Optional.of("c1"), active()), 2));
        journal.write(changed(lease("t2", Optional.of("c1"), active()), 2));
        journal.write(changed(lease("t3", Optional.of("c3"), active()), 2));
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
    void droppedEntriesBeyondTheLimitAreCounted() {
        BatchedJournal small = journal(new TestLeaseConfig(
                256,
                Duration.ofMinutes(5),
                Duration.ofHours(24),
                Duration.ZERO,
                1,
                Duration.ofMinutes(15),
                Duration.ofSeconds(1)));

        IntStream.range(0, 6).forEach(i -> small.write(changed(lease("t" + i, Optional.empty(), active()), 2)));

        assertThat(small.dropped()).isEqualTo(2);
    }

    @Test
    void entriesWaitInOrderDuringAnOutageAndTheJournalClosesAfterItsLimit() {
        DB.execute("alter table audit_event rename to away");
        Lease lease = lease("t1", Optional.empty(), active());
        try {
            journal.write(changed(lease, 2));
            assertThat(journal.flush()).isFalse();
            assertThat(table.live()).isEmpty();
            journal.write(changed(lease.in(new LeaseState.Reaped("policy", NOW)), 2));

            clock.advance(Duration.ofMinutes(15).minusMillis(1));
            assertThat(journal.isOpen()).isTrue();
            clock.advance(Duration.ofMillis(1));
            assertThat(journal.isOpen()).isFalse();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }

        assertThat(journal.flush()).isTrue();
        assertThat(journal.isOpen()).isTrue();
        assertThat(DB.query("select state from lease")).containsExactly("reaped");
    }

    @Test
    void drainWritesWaitingEntriesWithoutTheDelay() {
        BatchedJournal slow = journal(config(Duration.ofHours(1), 20_000));
        slow.start();
        Lease lease = lease("t1", Optional.empty(), active());
        slow.write(changed(lease, 2));

        assertThat(slow.drain(TimeLimit.seconds(10))).isTrue();

        assertThat(table.live()).containsExactly(lease);
        slow.close();
    }

    @Test
    void drainEndsAtItsLimitDuringAnOutage() {
        BatchedJournal slow = journal(config(Duration.ZERO, 20_000));
        DB.execute("alter table audit_event rename to away");
        try {
            slow.start();
            slow.write(changed(lease("t1", Optional.empty(), active()), 2));

            assertThat(slow.drain(Duration.ofMillis(50))).isFalse();
            assertThat(slow.backlog()).isOne();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }
        slow.close();
    }

    @Test
    void drainAfterAnOutageDoesNotWaitForTheNextRetry() {
        BatchedJournal slow = journal(config(Duration.ZERO, 20_000));
        DB.execute("alter table audit_event rename to away");
        try {
            slow.start();
            slow.write(changed(lease("t1", Optional.empty(), active()), 2));
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
        BatchedJournal closing = journal(TestLeaseConfig.DEFAULTS);
        DB.execute("alter table audit_event rename to away");
        try {
            closing.start();
            closing.write(changed(lease("t1", Optional.empty(), active()), 2));
            closing.close();
        } finally {
            DB.execute("alter table away rename to audit_event");
        }
        assertThat(closing.dropped()).isEqualTo(1);

        closing.write(changed(lease("t2", Optional.empty(), active()), 2));
        closing.write(changed(lease("t3", Optional.empty(), active()), 2));

        assertThat(closing.dropped()).isEqualTo(3);
        assertThat(closing.flush()).isTrue();
        assertThat(DB.query("select task_id from lease where task_id in ('t2', 't3')"))
                .isEmpty();
    }

    @Test
    void journalClosesForNewLeasesWhenTooManyEntriesWait() {
        BatchedJournal small = journal(config(Duration.ZERO, 3));
        IntStream.range(0, 3).forEach(i -> small.write(changed(lease("t" + i, Optional.empty(), active()), 2)));

        assertThat(small.isOpen()).isFalse();

        small.flush();
        assertThat(small.isOpen()).isTrue();
        assertThat(table.live()).hasSize(3);
    }

    @Test
    void manyEntriesAreWrittenInOrder() {
        List<Lease> many = IntStream.range(0, 2500)
                .mapToObj(i -> lease("t" + i, Optional.of("c" + i), active()))
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
        journal.write(changed(lease("t1", Optional.empty(), active()), 2));

        journal.close();

        assertThat(table.live()).hasSize(1);
    }

    @Test
    void withdrawalIsWrittenBeforeItsReap() {
        Lease lease = lease("t1", Optional.empty(), active());
        Withdrawal withdrawal = Withdrawal.of(lease.key(), "its time to live ended");

        journal.write(new Journal.Entry.Withdrawn(withdrawal, HOST, 2, event(lease)));
        journal.write(new Journal.Entry.Withdrawn(withdrawal, HOST, 2, event(lease)));
        journal.flush();

        assertThat(new WithdrawalTable(DB.pool(), TestLeaseConfig.DEFAULTS, new Random(1)).read())
                .containsExactly(withdrawal.by(DB.user()));
    }

    @Test
    void lastLaunchOfALeaseOrAWithdrawalIsKnown() {
        Lease lease = lease("t1", Optional.of("c1"), active());
        journal.write(changed(lease, 2));
        journal.flush();
        DB.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason)"
                + " values ('F1', 't2', 'S1', 7, 'revoked'), ('F1', 't1', 'S1', 1, 'revoked')");

        assertThat(table.known())
                .containsExactlyInAnyOrder(
                        new KnownLaunch(lease.launch(), Optional.of(ContainerId.of("c1")), true),
                        new KnownLaunch(TestLaunches.launch("F1", "t2", HOST, 7), Optional.empty(), false));
    }

    @Test
    void rowThatCannotBeReadIsLeftOut() {
        Lease lease = lease("t1", Optional.empty(), active());
        journal.write(changed(lease, 2));
        journal.flush();
        DB.execute("insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name,"
                + " witnessed, created_at, state, reason) values (gen_random_uuid(), 'F1', 't9', 'S1', 1, 'default',"
                + " true, now(), 'pending', 'by hand')");

        assertThat(table.live()).containsExactly(lease);
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

    private BatchedJournal journal(LeaseConfig config) {
        return new BatchedJournal(DB.pool(), config, clock, "us");
    }

    private Lease lease(String task, Optional<String> container, LeaseState state) {
        return new Lease(
                new LeaseId(new UUID(1, ++leases)),
                new LeaseKey(TestLaunches.launch(task), CredentialName.DEFAULT),
                TestLaunches.role("a"),
                TestLaunches.POLICY,
                "ab".repeat(32),
                "a-session",
                true,
                container.map(ContainerId::parse),
                NOW,
                Optional.of(NOW.plusSeconds(99)),
                state,
                1);
    }

    private static LeaseState active() {
        return new LeaseState.Active(NOW.plusSeconds(3600), NOW.plusSeconds(2000), 0);
    }

    private static Journal.Entry changed(Lease lease, long epoch) {
        return new Journal.Entry.Changed(lease, epoch, event(lease));
    }

    private static AuditEvent event(Lease lease) {
        return JournalFixture.event(lease, Kind.ISSUED);
    }
}
