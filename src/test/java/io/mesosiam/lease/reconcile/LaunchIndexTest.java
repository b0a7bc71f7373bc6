package io.mesosiam.lease.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.Task.Label;
import io.mesosiam.mesos.TaskContainer;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.policy.grant.GrantedTasks;
import io.mesosiam.policy.grant.LaunchGrant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LaunchIndexTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MesosAgentId HOST = SimulatedCluster.HOSTS.getFirst();
    private static final MesosAgentId OTHER_HOST = SimulatedCluster.HOSTS.getLast();

    private final SimulatedCluster cluster = new SimulatedCluster();
    private final LaunchIndex index = new LaunchIndex(_ -> false);
    private final SimulatedCluster.Run first = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 1, HOST);
    private final SimulatedCluster.Run second = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 2, HOST);
    private final SimulatedCluster.Run elsewhere = cluster.start(SimulatedCluster.FRAMEWORKS.getFirst(), 3, OTHER_HOST);

    @Test
    void launchInItsOwnContainerConcernsNoOther() {
        assertThat(moves(first, "c1")).containsExactly(first.launch);
        assertThat(moves(second, "c2")).containsExactly(second.launch);
    }

    @Test
    void taskStateAloneConcernsNoPlanWhileTheTaskIsInSight() {
        moves(first, "c1");

        assertThat(shows(first, TaskState.STARTING)).isEmpty();
        assertThat(shows(first, TaskState.RUNNING)).isEmpty();
        assertThat(shows(first, TaskState.UNREACHABLE)).containsExactly(first.launch);
        assertThat(shows(first, TaskState.RUNNING)).containsExactly(first.launch);
        assertThat(index.task(first.launch))
                .hasValueSatisfying(shown -> assertThat(shown.task().state()).isEqualTo(TaskState.RUNNING));
    }

    @Test
    void touchedLaunchOfWhichNothingHasChangedIsConcerned() {
        moves(first, "c1");

        assertThat(shows(first)).containsExactly(first.launch);
    }

    @Test
    void containerWithANewTaskStateIsConcerned() {
        shows(first);
        first.state = TaskState.STARTING;

        assertThat(moves(first, "c1")).containsExactly(first.launch);
    }

    @Test
    void launchThatJoinsAContainerConcernsItsNeighbours() {
        moves(first, "c1");

        assertThat(moves(second, "c1")).containsExactlyInAnyOrder(first.launch, second.launch);
    }

    @Test
    void launchThatLeavesAContainerConcernsItsFormerNeighbours() {
        moves(first, "c1");
        moves(second, "c1");
        cluster.hidden.add(second.launch);

        assertThat(shows(second)).containsExactlyInAnyOrder(first.launch, second.launch);
        assertThat(shows(first)).containsExactly(first.launch);
    }

    /** No hint names a launch that the state forgets, and a launch that is not shown counts as undecided. */
    @Test
    void launchThatTheStateHasForgottenIsNoNeighbour() {
        moves(first, "c1");
        moves(second, "c1");
        cluster.hidden.add(second.launch);

        index.update(cluster.state(), Set.of(), NOW);

        assertThat(index.neighbours(first.launch)).isEmpty();
        assertThat(index.in(HOST, ContainerId.of("c1"))).containsExactly(first.launch);
    }

    @Test
    void sameContainerIdOnAnotherHostIsAnotherContainer() {
        moves(first, "c1");

        assertThat(moves(elsewhere, "c1")).containsExactly(elsewhere.launch);
    }

    @Test
    void launchOfARowIsInItsContainerUntilListedElsewhereOrItsEndIsObserved() {
        cluster.hidden.addAll(Set.of(first.launch, elsewhere.launch));
        index.remember(row(first, "c1"));
        index.remember(row(elsewhere, "c1"));

        assertThat(moves(second, "c1")).containsExactlyInAnyOrder(first.launch, second.launch);
        assertThat(index.neighbours(first.launch)).containsExactly(second.launch);
        index.rebuild();
        assertThat(index.neighbours(second.launch)).containsExactly(first.launch);

        cluster.hidden.remove(first.launch);
        assertThat(moves(first, "c2")).containsExactlyInAnyOrder(first.launch, second.launch);
        assertThat(index.neighbours(second.launch)).isEmpty();
        index.rebuild();
        assertThat(index.neighbours(second.launch)).isEmpty();
        assertThat(index.in(HOST, ContainerId.of("c2"))).containsExactly(first.launch);

        index.endObserved(elsewhere.launch, new TaskEnd.ContainerEnded(ContainerId.of("c1")));
        assertThat(index.in(OTHER_HOST, ContainerId.of("c1"))).isEmpty();
    }

    /** The rows are of another controller, which numbers the launches of the task differently. */
    @Test
    void launchOfARowInTheContainerOfAListedLaunchOfItsTaskIsThatOne() {
        index.remember(renumbered(first, "c1", 2));
        assertThat(index.in(HOST, ContainerId.of("c1"))).hasSize(1);

        assertThat(moves(first, "c1")).containsExactly(first.launch);
        assertThat(index.in(HOST, ContainerId.of("c1"))).containsExactly(first.launch);

        index.remember(renumbered(first, "c1", 3));
        index.rebuild();
        assertThat(index.in(HOST, ContainerId.of("c1"))).containsExactly(first.launch);
    }

    private static Lease renumbered(SimulatedCluster.Run run, String container, long number) {
        return row(run, container).renumbered(new Launch(run.launch.key(), number));
    }

    /** The row is of another controller, which gave the number of the task's present launch to the one before. */
    @Test
    void observedEndOfAnotherContainerIsNotTheLaunchsOwn() {
        cluster.hidden.add(first.launch);
        index.remember(row(first, "c1"));
        index.endObserved(first.launch, new TaskEnd.ContainerEnded(ContainerId.of("c1")));
        assertThat(index.end(first.launch)).isPresent();
        cluster.hidden.remove(first.launch);

        moves(first, "c2");
        assertThat(index.end(first.launch)).isEmpty();

        index.endObserved(first.launch, new TaskEnd.ContainerEnded(ContainerId.of("c2")));
        assertThat(index.end(first.launch)).contains(new TaskEnd.ContainerEnded(ContainerId.of("c2")));
    }

    @Test
    void launchOfARowIsForgottenWithoutALeaseAndARunningContainer() {
        index.remember(row(first, "c1"));

        index.prune(Set.of(first.launch), (_, _) -> false);
        assertThat(index.in(HOST, ContainerId.of("c1"))).containsExactly(first.launch);
        index.prune(Set.of(), (host, container) -> host.equals(HOST) && container.equals(ContainerId.of("c1")));
        assertThat(index.in(HOST, ContainerId.of("c1"))).containsExactly(first.launch);

        index.prune(Set.of(), (_, _) -> false);
        assertThat(index.in(HOST, ContainerId.of("c1"))).isEmpty();
        index.rebuild();
        assertThat(index.in(HOST, ContainerId.of("c1"))).isEmpty();
    }

    @Test
    void rowOfAListedLaunchChangesNothing() {
        moves(first, "c2");

        index.remember(row(first, "c1"));

        assertThat(index.in(HOST, ContainerId.of("c1"))).isEmpty();
    }

    /** Tasks that start, get containers, change their labels, share containers and names, and leave the master's sight. */
    @RepeatedTest(20)
    void launchesOfGrantsAreThoseThatAScanFinds(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> labels = List.of("t1", "g1", "g2", "g3");
        for (int step = 0; step < 200; step++) {
            List<SimulatedCluster.Run> runs = List.copyOf(cluster.runs.values());
            SimulatedCluster.Run run = random.nextInt(4) == 0
                    ? cluster.start(SimulatedCluster.FRAMEWORKS.get(random.nextInt(2)), random.nextInt(3), HOST)
                    : runs.get(random.nextInt(runs.size()));
            switch (random.nextInt(4)) {
                case 0 -> run.container = Optional.of(ContainerId.of("c" + random.nextInt(4)));
                case 1 ->
                    run.labels = random.ints(random.nextInt(3), 0, 4)
                            .mapToObj(i -> new Label(LaunchGrant.LABEL, Optional.of(labels.get(i))))
                            .toList();
                case 2 -> cluster.hidden.add(run.launch);
                default -> cluster.hidden.remove(run.launch);
            }
            index.update(cluster.state(), step == 0 ? cluster.runs.keySet() : Set.of(run.launch), NOW);
            if (random.nextInt(10) == 0) {
                index.rebuild();
            }
            Set<String> names = Set.of(labels.get(random.nextInt(4)));
            Set<TaskContainer> holders =
                    Set.of(new TaskContainer(run.launch.key(), ContainerId.of("c" + random.nextInt(4))));
            assertThat(index.of(new GrantedTasks(names, holders))).isEqualTo(scan(names, holders));
        }
    }

    private Set<Launch> scan(Set<String> names, Set<TaskContainer> holders) {
        return cluster.state().launches().values().stream()
                .filter(shown -> names.contains(shown.launch().key().task().value())
                        || shown.task().labels().stream()
                                .flatMap(label -> label.value().stream())
                                .anyMatch(names::contains)
                        || shown.task().inContainer().filter(holders::contains).isPresent())
                .map(LaunchedTask::launch)
                .collect(Collectors.toSet());
    }

    private static Lease row(SimulatedCluster.Run run, String container) {
        return TestLaunches.lease(run.launch, new LeaseState.Pending("asked")).bind(ContainerId.of(container));
    }

    private Set<Launch> moves(SimulatedCluster.Run run, String container) {
        run.container = Optional.of(ContainerId.of(container));
        return shows(run);
    }

    private Set<Launch> shows(SimulatedCluster.Run run, TaskState state) {
        run.state = state;
        return shows(run);
    }

    private Set<Launch> shows(SimulatedCluster.Run run) {
        return index.update(cluster.state(), Set.of(run.launch), NOW);
    }
}
