package io.mesosiam.mesos;

import java.util.Map;
import java.util.Optional;

/**
 * What is known of the cluster at one version. Immutable: {@code ClusterWatch} makes the next one from this one and an
 * event. Launches that ended stay, with their {@link TaskEnd}, until the watch is told that nothing holds on to them.
 *
 * @param version grows with each change
 * @param leader empty until a leading master has answered
 */
public record ClusterState(
        long version,
        Optional<Leader> leader,
        Enforcement enforcement,
        Completeness view,
        Map<FrameworkId, Framework> frameworks,
        Map<MesosAgentId, MesosAgent> agents,
        Map<Launch, LaunchedTask> launches) {
    public Optional<Framework> framework(FrameworkId id) {
        return Optional.ofNullable(frameworks.get(id));
    }

    public Optional<MesosAgent> agent(MesosAgentId id) {
        return Optional.ofNullable(agents.get(id));
    }

    public Optional<LaunchedTask> launch(Launch launch) {
        return Optional.ofNullable(launches.get(launch));
    }
}
