package io.mesosiam.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.controller.HostMetrics.Alone;
import io.mesosiam.lease.simulation.TestLaunches;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.ownership.ServedHosts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostMetricsTest {
    private static final MesosAgentId HOST = new MesosAgentId("S1");
    private static final MesosAgentId OTHER = new MesosAgentId("S2");

    /** Host S1 is Host-1 with two running tasks and an ended one; S2 is host-2 with a running task. */
    @ParameterizedTest
    @CsvSource({
        "true,  '',   '',   '',     2, 3",
        "true,  S1,   '',   '',     1, 1",
        "true,  '',   S1,   '',     1, 1",
        "true,  '',   '',   S1,   1, 1",
        "true,  S1,   S2,   '',     0, 0",
        "false, '',   '',   '',     1, 1",
    })
    void countsActiveHostsThatNoControllerHas(
            boolean active, String here, String elsewhere, String evicted, double hosts, double tasks) {
        ClusterState state = state(
                List.of(host(HOST, "Host-1", active), host(OTHER, "host-2", true)),
                List.of(
                        task("t1", HOST, Optional.empty()),
                        task("t2", HOST, Optional.empty()),
                        task("t3", HOST, Optional.of(new TaskEnd.Terminal(TaskState.FINISHED))),
                        task("t4", OTHER, Optional.empty())));

        Alone counted = Alone.of(state, hosts(here), new ServedHosts(hosts(elsewhere)), host -> hosts(evicted)
                .contains(host.id()));

        assertThat(counted).isEqualTo(new Alone(hosts, tasks));
    }

    private static Set<MesosAgentId> hosts(String id) {
        return id.isEmpty() ? Set.of() : Set.of(new MesosAgentId(id));
    }

    private static MesosAgent host(MesosAgentId id, String hostname, boolean active) {
        return new MesosAgent(id, hostname, "10.0.0.1", Map.of(), active, false);
    }

    private static LaunchedTask task(String id, MesosAgentId host, Optional<TaskEnd> end) {
        return TestLaunches.task(TestLaunches.launch("F1", id, host, 1), TaskState.RUNNING, Optional.empty(), end);
    }

    private static ClusterState state(List<MesosAgent> hosts, List<LaunchedTask> tasks) {
        Map<MesosAgentId, MesosAgent> agents = new HashMap<>();
        hosts.forEach(host -> agents.put(host.id(), host));
        Map<Launch, LaunchedTask> launches = new HashMap<>();
        tasks.forEach(task -> launches.put(task.launch(), task));
        return new ClusterState(
                1,
                Optional.of(new Leader("m", "1")),
                true,
                new Enforcement(true, true, true, true),
                new Completeness.Whole(),
                Map.of(),
                agents,
                launches);
    }
}
