package io.mesosiam.controller;

import io.mesosiam.enrol.EvictedHosts;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.ownership.EvictedAgents;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Compares the evicted names with those of the Mesos agents that the master lists, when one of both has changed. Thread-safe. */
@Singleton
final class ListedEvictions implements EvictedAgents {
    private final Supplier<Map<MesosAgentId, MesosAgent>> listed;
    private final EvictedHosts evicted;
    private volatile Found last = new Found(Map.of(), Set.of(), Set.of());

    private record Found(Map<MesosAgentId, MesosAgent> agents, Set<String> names, Set<MesosAgentId> ids) {}

    @Inject
    ListedEvictions(ClusterWatch watch, EvictedHosts evicted) {
        this(() -> watch.state().agents(), evicted);
    }

    /** @param listed the Mesos agents that the master lists */
    ListedEvictions(Supplier<Map<MesosAgentId, MesosAgent>> listed, EvictedHosts evicted) {
        this.listed = listed;
        this.evicted = evicted;
    }

    @Override
    public Set<MesosAgentId> ids() {
        Map<MesosAgentId, MesosAgent> agents = listed.get();
        Set<String> names = evicted.names();
        Found found = last;
        if (!found.names().equals(names) || !found.agents().equals(agents)) {
            Set<MesosAgentId> ids = agents.values().stream()
                    .filter(agent -> evicted.isEvicted(agent.hostname(), agent.address()))
                    .map(MesosAgent::id)
                    .collect(Collectors.toUnmodifiableSet());
            found = new Found(agents, names, ids);
            last = found;
        }
        return found.ids();
    }
}
