package io.mesosiam.lease.store;

import static io.mesosiam.lease.store.JournalFixture.NOW;
import static io.mesosiam.lease.store.JournalFixture.S1;
import static io.mesosiam.lease.store.JournalFixture.S2;
import static io.mesosiam.lease.store.JournalFixture.active;
import static io.mesosiam.lease.store.JournalFixture.changed;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.fakes.TestDatabase;
import io.mesosiam.fakes.TestPostgres;
import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.lease.simulation.TestLeaseConfig;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.KnownLaunch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskId;
import io.mesosiam.mesos.TaskKey;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Leases that the journal has written are read again. */
class LeaseTableTest {
    private static final TestDatabase DB = TestPostgres.database();

    private final JournalFixture fixture = new JournalFixture(DB);
    private final BatchedJournal journal = fixture.journal(TestLeaseConfig.DEFAULTS);
    private final LeaseTable table = new LeaseTable(DB.pool());

    @AfterAll
    static void drop() {
        DB.close();
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
        Lease lease = fixture.lease("t1", Optional.of("outer/inner"), state);

        journal.write(changed(lease, 2));
        assertThat(journal.flush()).isTrue();

        LeaseState read = state instanceof LeaseState.Failed failed
                ? new LeaseState.Failed(failed.reason().replace("\0", ""), failed.attempts(), failed.retryAt())
                : state;
        assertThat(table.live()).containsExactly(lease.in(read));
        assertThat(table.live(S1)).containsExactly(lease.in(read));
        assertThat(table.live(new MesosAgentId("S2"))).isEmpty();
    }

    /** The journal drops a row that the database refuses, and with it the event. */
    @Test
    void everyContainerIdFitsTheColumnsOfRows() {
        Random random = new Random(17);
        String outer = ("x".repeat(255) + "/").repeat(4) + "x".repeat(200) + "/";
        String longest = outer + "x".repeat(1280 - outer.length());
        List<String> paths = Stream.concat(
                        Stream.of(longest, longest + "x"),
                        Stream.generate(() -> path(random)).limit(400))
                .filter(LeaseTableTest::isContainerId)
                .toList();
        assertThat(paths).hasSizeGreaterThan(100).contains(longest);

        assertThat(DB.query("select count(cast(path as container_path)) from unnest(array['" + String.join("','", paths)
                        + "']) as path"))
                .containsExactly(String.valueOf(paths.size()));
    }

    private static String path(Random random) {
        int depth = 1 + random.nextInt(32);
        return random.ints(depth, 1, 1 + Math.min(255, 2 * 1280 / depth))
                .mapToObj("x"::repeat)
                .collect(Collectors.joining("/"));
    }

    private static boolean isContainerId(String path) {
        try {
            return ContainerId.parse(path).toString().equals(path);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void leasesOfOtherTasksOfAHostAreNotReadWithATask() {
        Lease first = fixture.lease("t1", Optional.of("c1"), active());
        Lease second = fixture.lease("t2", Optional.of("c2"), active());
        Stream.of(first, second, fixture.lease("t3", Optional.of("c3"), active()), fixture.lease(S2, "t1"))
                .forEach(lease -> journal.write(changed(lease, 2)));
        journal.flush();

        assertThat(table.live(List.of(first.launch().key(), second.launch().key())))
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void endedLeaseIsRecordedToo() {
        Lease live = fixture.lease("t1", Optional.of("c1"), active());
        Lease ended = fixture.lease("t2", Optional.of("c2"), active());
        journal.write(changed(live, 2));
        journal.write(changed(ended, 2));
        journal.flush();
        DB.execute("update lease set state = 'reaped', reaped_at = now(), reason = 'over' where task_id = 't2'");
        LeaseId unknown = new LeaseId(new UUID(7, 7));

        assertThat(table.recorded(Set.of(live.id(), ended.id(), unknown)))
                .containsExactlyInAnyOrder(live.id(), ended.id());
    }

    @Test
    void lastLaunchOfALeaseOrAWithdrawalIsKnown() {
        Lease lease = fixture.lease("t1", Optional.of("c1"), active());
        journal.write(changed(lease, 2));
        journal.flush();
        DB.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason)"
                + " values ('F1', 't2', 'S1', 7, 'revoked'), ('F1', 't1', 'S1', 1, 'revoked')");

        assertThat(table.known())
                .containsExactlyInAnyOrder(
                        new KnownLaunch(lease.launch(), Optional.of(ContainerId.of("c1")), true),
                        new KnownLaunch(TestLaunches.launch("F1", "t2", S1, 7), Optional.empty(), false));
    }

    /** Otherwise a later launch of the task id, in another container, would be taken for the withdrawn one. */
    @Test
    void withdrawnLaunchIsKnownWithTheContainerOfItsEndedLease() {
        Lease lease = fixture.lease("t3", Optional.of("c3"), active());
        journal.write(changed(lease, 2));
        journal.flush();
        DB.execute("update lease set state = 'reaped', reason = 'revoked', reaped_at = now() where task_id = 't3'");
        DB.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason)"
                + " values ('F1', 't3', 'S1', 1, 'revoked')");

        assertThat(table.known()).contains(new KnownLaunch(lease.launch(), Optional.of(ContainerId.of("c3")), false));
        DB.execute("update withdrawal set lifted_at = now()");
    }

    @Test
    void rowThatCannotBeReadIsLeftOut() {
        Lease lease = fixture.lease("t1", Optional.empty(), active());
        journal.write(changed(lease, 2));
        journal.flush();
        DB.execute("insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name,"
                + " witnessed, created_at, state, reason) values (gen_random_uuid(), 'F1', 't9', 'S1', 1, 'default',"
                + " true, now(), 'pending', 'by hand')");

        assertThat(table.live()).containsExactly(lease);
    }

    /** PostgreSQL accepts these values. A controller that starts reads all rows. */
    @Test
    void rowsWithALaunchThatCannotBeReadOrCountedLeaveTheOthersKnown() {
        Lease lease = fixture.lease("t1", Optional.of("c1"), active());
        journal.write(changed(lease, 2));
        journal.flush();
        String insert =
                "insert into lease (id, framework_id, task_id, mesos_agent_id, launch_sequence, credential_name,"
                        + " witnessed, created_at, state, reason, container_id) values (gen_random_uuid(), 'F1', '%s', 'S1', %d,"
                        + " '%s', true, now(), 'pending', 'by hand', %s)";
        DB.execute(insert.formatted("t9", 1, "default", "repeat('a/', 40) || 'a'"));
        DB.execute(insert.formatted("t1", Long.MAX_VALUE, "logs", "null"));
        DB.execute("insert into withdrawal (framework_id, task_id, mesos_agent_id, launch_sequence, reason)"
                + " values ('F1', 't1', 'S1', " + Long.MAX_VALUE + ", 'revoked')");

        assertThat(table.known()).contains(new KnownLaunch(lease.launch(), lease.container(), lease.witnessed()));
        assertThat(table.known()).extracting(known -> known.launch().key()).doesNotContain(task("t9"));
        DB.execute("update withdrawal set lifted_at = now()");
    }

    private static TaskKey task(String id) {
        return new TaskKey(new FrameworkId("F1"), new TaskId(id), S1);
    }
}
