package io.mesosiam.lease.reconcile;

import static io.mesosiam.mesos.TestContainers.since;
import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.plan.LaunchView;
import io.mesosiam.lease.simulation.SimulatedCluster;
import io.mesosiam.policy.CredentialName;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An executor runs any number of tasks in its container. Each plan compares a task with all others. */
class CrowdedContainerTest extends SharedContainerFixture {
    private SimulatedCluster.Run last;

    private void start(int from, int to) {
        for (int i = from; i < to; i++) {
            last = shared(i);
        }
        agent.running.put(CONTAINER, since(1));
        reconciler.containers(HOST, Map.of(CONTAINER, since(1)), Set.of());
        show();
        settle();
    }

    @Test
    void tasksOfAContainerWithAsManyAsMayBeAreServed() {
        start(0, LaunchView.MOST_IN_CONTAINER);

        assertThat(servedLease().container()).contains(CONTAINER);
    }

    @Test
    void containerWithTooManyTasksIsRefusedUntilSomeHaveEnded() {
        start(0, LaunchView.MOST_IN_CONTAINER);
        start(LaunchView.MOST_IN_CONTAINER, LaunchView.MOST_IN_CONTAINER + 1);
        assertThat(agent.served).isEmpty();
        assertThat(agent.refused.get(KEY).code()).isEqualTo(RefusalCode.CONFLICT);
        assertThat(agent.refused.get(KEY).message()).contains("more than 256");

        endAll(last);

        assertThat(servedLease().container()).contains(CONTAINER);
    }

    /** The whole cluster waits while a host's launches are planned. */
    @Test
    void decisionsOfAConnectionAndAnAskGrowWithTheNumberOfTasks() {
        int tasks = 2 * LaunchView.MOST_IN_CONTAINER;
        start(0, tasks);
        decided.clear();

        connect();
        settle();
        reconciler.asked(HOST, CONTAINER, new CredentialName("other"));
        settle();

        assertThat(decided).hasSizeLessThan(4 * tasks);
    }
}
