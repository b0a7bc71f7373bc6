package io.mesosiam.api.agent;

import io.mesosiam.api.AnsweringController;
import io.mesosiam.api.sight.Sight;
import io.mesosiam.api.task.TaskCredentials;
import io.mesosiam.channel.AgentChannel;
import io.mesosiam.channel.ConnectedAgent;
import io.mesosiam.exposure.RoleTrials;
import io.mesosiam.lease.reconcile.LaunchStanding;
import io.mesosiam.lease.reconcile.Reconciler;
import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.master.ClusterWatch;
import io.mesosiam.ownership.HostOwners;
import io.mesosiam.ownership.HostOwners.Owner;
import io.mesosiam.policy.PolicySet;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The agents of all hosts: of the Mesos agents that the master lists, of those that have a stream here, and of those that a
 * controller has claimed. Thread-safe.
 */
@Singleton
public final class Agents {
    private static final Sight EVERYTHING = Sight.everything(PolicySet.of(0, List.of()));

    private final ClusterWatch cluster;
    private final Reconciler reconciler;
    private final HostOwners owners;
    private final AgentChannel channel;
    private final RoleTrials trials;
    private final String controllerId;

    @Inject
    Agents(
            ClusterWatch cluster,
            Reconciler reconciler,
            HostOwners owners,
            AgentChannel channel,
            RoleTrials trials,
            AnsweringController answering) {
        this.cluster = cluster;
        this.reconciler = reconciler;
        this.owners = owners;
        this.channel = channel;
        this.trials = trials;
        this.controllerId = answering.id();
    }

    /**
     * The agents, in any order. Blocks on the database: call on virtual threads only. The tasks and leases of hosts are counted
     * when the stream is used.
     */
    Stream<AgentView> all() {
        return Stream.of(owners.all()).flatMap(rows -> of(rows).all());
    }

    /** The agent of one host; empty if there is none. Blocks on the database: call on virtual threads only. */
    Optional<AgentView> of(MesosAgentId host) {
        return of(owners.all()).one(host);
    }

    /** The agents with the newest rows that this controller has read, at once. */
    public Map<MesosAgentId, AgentView> recent() {
        Map<MesosAgentId, AgentView> agents = new HashMap<>();
        Parts parts = of(owners.recent());
        parts.hosts().forEach(host -> agents.put(host, parts.view(host)));
        return agents;
    }

    private Parts of(Map<MesosAgentId, Owner> rows) {
        ClusterState state = cluster.state();
        Map<MesosAgentId, Long> confirmed = reconciler.policies().current().hosts();
        Map<MesosAgentId, Counts> counts = new HashMap<>();
        Function<Launch, LaunchStanding> standings = reconciler.overview().standings();
        state.launches().values().stream().filter(task -> task.end().isEmpty()).forEach(task -> counts.computeIfAbsent(
                        task.launch().key().agent(), _ -> new Counts())
                .add(task, standings, confirmed));
        reconciler.overview().live().values().forEach(kept -> counts.computeIfAbsent(
                        kept.lease().host(), _ -> new Counts())
                .leases++);
        return new Parts(state, rows, confirmed, counts, channel, trials, controllerId);
    }

    private static final class Counts {
        private long tasks;
        private long without;
        private long leases;

        void add(LaunchedTask task, Function<Launch, LaunchStanding> standings, Map<MesosAgentId, Long> connected) {
            tasks++;
            if (connected.containsKey(task.launch().key().agent())
                    && TaskCredentials.of(
                                    standings.apply(task.launch()),
                                    Optional.empty(),
                                    task.task().container().isPresent(),
                                    _ -> true,
                                    EVERYTHING)
                            .hasNone()) {
                without++;
            }
        }
    }

    /** @param confirmed by host whose agent is connected here: the version that it has confirmed, 0 if none */
    private record Parts(
            ClusterState state,
            Map<MesosAgentId, Owner> rows,
            Map<MesosAgentId, Long> confirmed,
            Map<MesosAgentId, Counts> counts,
            AgentChannel channel,
            RoleTrials trials,
            String controllerId) {
        Set<MesosAgentId> hosts() {
            Set<MesosAgentId> hosts = new HashSet<>(state.agents().keySet());
            hosts.addAll(rows.keySet());
            hosts.addAll(confirmed.keySet());
            return hosts;
        }

        Stream<AgentView> all() {
            return hosts().stream().map(this::view);
        }

        Optional<AgentView> one(MesosAgentId host) {
            return hosts().contains(host) ? Optional.of(view(host)) : Optional.empty();
        }

        AgentView view(MesosAgentId host) {
            Optional<MesosAgent> listed = state.agent(host);
            Optional<Owner> row = Optional.ofNullable(rows.get(host));
            Optional<ConnectedAgent> stream = channel.connected(host);
            boolean connected = confirmed.containsKey(host);
            Counts of = counts.getOrDefault(host, new Counts());
            return new AgentView(
                    host.value(),
                    listed.map(MesosAgent::hostname)
                            .or(() -> row.map(Owner::hostname))
                            .orElse(null),
                    listed.map(MesosAgent::active).orElse(false),
                    listed.map(MesosAgent::deactivated).orElse(false),
                    connected,
                    connected ? controllerId : row.flatMap(Owner::controllerId).orElse(null),
                    row.map(Owner::state).orElse(null),
                    row.flatMap(Owner::connectedAt)
                            .or(() -> stream.map(ConnectedAgent::since))
                            .orElse(null),
                    row.flatMap(Owner::disconnectedAt).orElse(null),
                    stream.map(ConnectedAgent::version)
                            .or(() -> row.flatMap(Owner::version))
                            .orElse(null),
                    stream.map(ConnectedAgent::certificateExpiration).orElse(null),
                    Optional.ofNullable(confirmed.get(host))
                            .filter(version -> version > 0)
                            .orElse(null),
                    here(connected, of.leases),
                    of.tasks,
                    here(connected, of.without),
                    stream.flatMap(ConnectedAgent::exposure)
                            .map(found -> AgentView.Exposure.of(found, trials.result(found)))
                            .orElse(null),
                    channel.faults().of(host).map(AgentView.Fault::of).orElse(null));
        }

        private static @Nullable Long here(boolean connected, long count) {
            return connected ? count : null;
        }
    }
}
