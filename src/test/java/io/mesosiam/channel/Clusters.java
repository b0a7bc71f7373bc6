package io.mesosiam.channel;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Clusters with Mesos agents only. */
final class Clusters {
    private Clusters() {}

    /** The state at the start of a controller: no master has answered. */
    static ClusterState beforeAnyMaster() {
        return of(Optional.empty());
    }

    static ClusterState of(MesosAgent... agents) {
        return of(Optional.of(new Leader("master-1", "1.0")), agents);
    }

    private static ClusterState of(Optional<Leader> leader, MesosAgent... agents) {
        return new ClusterState(
                1,
                leader,
                true,
                Enforcement.UNKNOWN,
                new Completeness.Whole(),
                Map.of(),
                Arrays.stream(agents).collect(Collectors.toMap(MesosAgent::id, Function.identity())),
                Map.of());
    }

    static MesosAgent agent(MesosAgentId id, String hostname, String address) {
        return new MesosAgent(id, hostname, address, Map.of(), true, false);
    }
}
