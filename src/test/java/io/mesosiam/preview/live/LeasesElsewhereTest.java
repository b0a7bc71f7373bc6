package io.mesosiam.preview.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import io.mesosiam.preview.Effect;
import io.mesosiam.preview.Gift;
import io.mesosiam.preview.Reached;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LeasesElsewhereTest {
    private static final LeaseState ACTIVE =
            new LeaseState.Active(Instant.parse("2026-01-01T01:00:00Z"), Instant.parse("2026-01-01T00:40:00Z"), 0);

    private final List<Collection<TaskKey>> read = new ArrayList<>();

    @Test
    void leasesOfManyTasksAreReadAThousandTasksAtATime() {
        LeasesElsewhere elsewhere = tasks -> {
            read.add(tasks);
            return tasks.stream().map(LeasesElsewhereTest::lease).toList();
        };

        List<Effect> completed = elsewhere.completed(IntStream.range(0, 2500)
                .mapToObj(task -> effect("t" + task, false))
                .toList());

        assertThat(read).extracting(Collection::size).containsExactly(1000, 1000, 500);
        assertThat(completed).hasSize(2500).allMatch(effect -> effect.ends().isPresent());
    }

    @Test
    void onlyLeasesOfTasksOnOtherControllersHostsAreRead() {
        LeasesElsewhere elsewhere = tasks -> {
            read.add(tasks);
            return List.of();
        };

        List<Effect> effects = List.of(effect("t1", true), effect("t2", false));

        assertThat(elsewhere.completed(effects)).isEqualTo(effects);
        assertThat(read).containsExactly(Set.of(TestLaunches.launch("t2").key()));
    }

    @Test
    void tasksOnOtherControllersHostsReachAnIamRoleWithTheLeasesOfTheDatabase() {
        Reached here = reached("t1", true);
        Reached other = reached("t2", false);
        Lease stored = lease(other.launch().key());
        LeasesElsewhere elsewhere = tasks -> {
            read.add(tasks);
            return List.of(stored);
        };

        assertThat(elsewhere.reaching(List.of(here, other))).containsExactly(here, other.having(Optional.of(stored)));
        assertThat(read).containsExactly(Set.of(other.launch().key()));
    }

    @Test
    void leaseOfAnotherIamRoleIsNotShownWithTheRoleThatATaskReaches() {
        Reached other = reached("t2", false, "b");
        LeasesElsewhere elsewhere = tasks -> List.of(lease(other.launch().key()));

        assertThat(elsewhere.reaching(List.of(other))).containsExactly(other);
    }

    private static Reached reached(String task, boolean connected) {
        return reached(task, connected, "a");
    }

    private static Reached reached(String task, boolean connected, String role) {
        Gift gift = new Gift(TestLaunches.role(role), TestLaunches.POLICY, "ab".repeat(32), Optional.empty());
        return new Reached(
                TestLaunches.launch(task), Optional.empty(), CredentialName.DEFAULT, gift, Optional.empty(), connected);
    }

    private static Lease lease(TaskKey task) {
        return TestLaunches.lease(TestLaunches.launch(task.task().value()), ACTIVE);
    }

    private static Effect effect(String task, boolean connected) {
        return new Effect(
                TestLaunches.launch(task),
                Optional.empty(),
                CredentialName.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                false,
                Optional.empty(),
                "",
                Optional.empty(),
                connected);
    }
}
