package io.mesosiam.api.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseRows;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.CredentialName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoredStandingsTest {
    private static final MesosAgentId ELSEWHERE = new MesosAgentId("S2");
    private static final Launch HERE = TestLaunches.launch("t1");
    private static final Launch OTHER = TestLaunches.launch("F1", "t2", ELSEWHERE, 3);
    private static final List<LaunchedTask> TASKS = Stream.of(HERE, OTHER)
            .map(launch -> TestLaunches.task(launch, TaskState.RUNNING, Optional.empty(), Optional.empty()))
            .toList();
    private static final LaunchStanding PLANNED = new LaunchStanding(true, Map.of(), Map.of(), Map.of());

    private final List<Collection<TaskKey>> read = new ArrayList<>();

    private StoredStandings standings(Function<Collection<TaskKey>, List<Lease>> table) {
        return standings(table, false);
    }

    private StoredStandings standings(Function<Collection<TaskKey>, List<Lease>> table, boolean isAway) {
        return new StoredStandings(
                new LeaseRows() {
                    @Override
                    public List<Lease> live(MesosAgentId host) {
                        throw new AssertionError("a host can have thousands of leases");
                    }

                    @Override
                    public List<Lease> live(Collection<TaskKey> tasks) {
                        read.add(tasks);
                        return table.apply(tasks);
                    }
                },
                Set.of(ELSEWHERE),
                isAway);
    }

    @Test
    void taskOnAnotherControllersHostHasTheLeasesOfTheTableUnderItsOwnNumber() {
        Lease row = TestLaunches.lease(
                TestLaunches.launch("F1", "t2", ELSEWHERE, 1), new LeaseState.Pending("a session is requested"));

        Function<Launch, LaunchStanding> standings =
                standings(_ -> List.of(row)).with(_ -> PLANNED, TASKS);

        assertThat(standings.apply(HERE)).isEqualTo(PLANNED);
        assertThat(standings.apply(OTHER))
                .isEqualTo(new LaunchStanding(
                        false, Map.of(CredentialName.DEFAULT, row.renumbered(OTHER)), Map.of(), Map.of()));
        assertThat(read).containsExactly(Set.of(OTHER.key()));
    }

    @Test
    void newestLaunchOfATaskIdHasTheLeasesOfTheTable() {
        Launch next = TestLaunches.launch("F1", "t2", ELSEWHERE, 4);
        Lease row = TestLaunches.lease(OTHER, new LeaseState.Pending("a session is requested"));
        List<LaunchedTask> both = Stream.of(next, OTHER)
                .map(launch -> TestLaunches.task(launch, TaskState.RUNNING, Optional.empty(), Optional.empty()))
                .toList();

        Function<Launch, LaunchStanding> standings =
                standings(_ -> List.of(row)).with(_ -> PLANNED, both);

        assertThat(standings.apply(OTHER).leases()).isEmpty();
        assertThat(standings.apply(next).leases()).containsOnlyKeys(CredentialName.DEFAULT);
    }

    @Test
    void nothingIsReadWhileTheDatabaseIsKnownToBeAway() {
        StoredStandings stored = standings(_ -> List.of(), true);

        assertThat(stored.with(_ -> PLANNED, TASKS).apply(OTHER).leases()).isEmpty();
        assertThat(read).isEmpty();
    }

    @Test
    void noFurtherPartIsReadOnceTheDatabaseIsAway() {
        StoredStandings stored = standings(_ -> {
            throw new IllegalStateException("the lease table can't be read");
        });

        for (int part = 0; part < 3; part++) {
            assertThat(stored.with(_ -> PLANNED, TASKS).apply(OTHER).leases()).isEmpty();
        }

        assertThat(read).hasSize(1);
    }
}
