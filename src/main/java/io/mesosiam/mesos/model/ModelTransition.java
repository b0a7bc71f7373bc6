package io.mesosiam.mesos.model;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ClusterState.Completeness;
import io.mesosiam.mesos.ClusterState.Leader;
import io.mesosiam.mesos.Enforcement;
import io.mesosiam.mesos.Framework;
import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgent;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.RunningContainers;
import io.mesosiam.mesos.TaskEnd;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.mesos.TaskState;
import io.mesosiam.mesos.model.Snapshot.SeenFramework;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The transition of a {@link ClusterModel} by one event: changes of frameworks, Mesos agents and the leader, with their
 * effects on launches. Used by one thread, for one event.
 */
final class ModelTransition {
    /**
     * How many launches that have ended one event removes beyond their maximum: as many as a stream's event ends, and one more.
     * After a listing that ends tens of thousands, the leases of these are ended first.
     */
    private static final int DROPPED_ENDS = 2;

    final long version;
    final LaunchTransitions launches;
    Completeness view;
    PMap<FrameworkId, Framework> frameworks;
    PMap<MesosAgentId, MesosAgent> agents;
    LeaderTerm term;
    long subscribedAt;
    private Optional<Leader> leader;
    private boolean masterAnswers;
    private Enforcement enforcement;

    /** @param running the containers that the hosts' agents report now */
    ModelTransition(ClusterModel model, RunningContainers running) {
        ClusterState state = model.state();
        version = state.version() + 1;
        leader = state.leader();
        masterAnswers = state.masterAnswers();
        enforcement = state.enforcement();
        view = state.view();
        // The model's maps are persistent, although the public record declares only {@code Map}.
        frameworks = persistent(state.frameworks());
        agents = persistent(state.agents());
        launches = new LaunchTransitions(
                persistent(state.launches()), model.runs(), model.ended(), running, model.subscribedAt());
        term = model.term();
        subscribedAt = model.subscribedAt();
    }

    ClusterModel.Change done() {
        launches.dropOldestEnded(DROPPED_ENDS);
        ClusterState state = new ClusterState(
                version, leader, masterAnswers, enforcement, view, frameworks, agents, launches.launches());
        return new ClusterModel.Change(
                new ClusterModel(state, launches.runs(), launches.ended(), term, subscribedAt), launches.touched());
    }

    // ---- tasks

    void taskAdded(SeenTask seen) {
        TaskKey key = seen.task().key();
        boolean launched = frameworks.containsKey(key.framework()) && term.launches(seen.task());
        if (!launched) {
            launches.mayBeReported(launches.runs().of(key).stream().toList());
        }
        taskSeen(seen, launched);
        launches.eventSeen(key, version);
        if (launched) {
            launches.launchSeen(key, version);
            launches.runs().of(key).ifPresent(run -> term = term.launched(run.launch()));
        }
    }

    /**
     * Applies a report of a task.
     *
     * @param launched whether the leader was just observed launching it
     */
    void taskSeen(SeenTask seen, boolean launched) {
        launches.taskSeen(seen, launched);
        launches.runs().of(seen.task().key()).ifPresent(this::endIfLostWithAgent);
    }

    void taskUpdated(ClusterEvent.TaskUpdated updated) {
        launches.eventSeen(updated.key(), version);
        launches.updated(updated);
        launches.runs().of(updated.key()).ifPresent(this::endIfLostWithAgent);
    }

    /** Ends a run whose task is LOST and whose Mesos agent has been removed, in either order. */
    private void endIfLostWithAgent(Run run) {
        MesosAgentId agent = run.launch().key().agent();
        LaunchedTask current = launches.launches().get(run.launch());
        if (term.agents().isRemoved(agent) && current != null && current.task().state() == TaskState.LOST) {
            launches.end(run.launch(), new TaskEnd.AgentRemoved(agent));
        }
    }

    // ---- frameworks

    /**
     * Applies a report of a framework. The first reported principal of a framework id is kept; while the master reports
     * another, the framework is disputed.
     */
    void frameworkSeen(SeenFramework seen) {
        Framework shown = seen.framework();
        Framework known = frameworks.get(shown.id());
        Optional<String> principal = known == null ? shown.principal() : known.principal();
        Framework now =
                new Framework(shown.id(), shown.name(), principal, shown.user(), !principal.equals(shown.principal()));
        term = term.with(term.frameworks().see(seen));
        if (!now.equals(known)) {
            frameworks = frameworks.plus(shown.id(), now);
            runningOf(shown.id()).forEach(launches::touch);
        }
    }

    void frameworkRemoved(FrameworkId id) {
        runningOf(id).forEach(launch -> launches.end(launch, new TaskEnd.FrameworkRemoved(id)));
        frameworks = frameworks.minus(id);
        term = term.with(term.frameworks().remove(id));
    }

    private List<Launch> runningOf(FrameworkId id) {
        return launches.runs()
                .of(id)
                .map(Run::launch)
                .filter(launches::isRunning)
                .toList();
    }

    // ---- Mesos agents

    void agentAdded(MesosAgent agent) {
        // The Mesos agent has returned. The tasks added just before were its reports, even if it seemed to be
        // registered throughout.
        term.justLaunched().stream()
                .filter(launch -> launch.key().agent().equals(agent.id()))
                .forEach(launch -> launches.witness(launch, false));
        launches.mayBeReported(launches.runs().on(agent.id()).values());
        register(agent);
    }

    void register(MesosAgent agent) {
        term = term.with(term.agents().register(agent.id(), version));
        MesosAgent known = agents.get(agent.id());
        if (agent.equals(known)) {
            return;
        }
        agents = agents.plus(agent.id(), agent);
        if (known == null || !known.attributes().equals(agent.attributes()) || !sameHost(known, agent)) {
            launches.runs().on(agent.id()).values().forEach(run -> launches.touch(run.launch()));
        }
    }

    private static boolean sameHost(MesosAgent one, MesosAgent other) {
        return one.hostname().equals(other.hostname()) && one.address().equals(other.address());
    }

    void agentRemoved(MesosAgentId id) {
        term = term.with(term.agents().remove(id, version));
        launches.runs().on(id).values().forEach(this::endIfLostWithAgent);
        leaves(id);
    }

    /** Applies that a Mesos agent is no longer listed. */
    void unregister(MesosAgentId id) {
        term = term.with(term.agents().unregister(id));
        leaves(id);
    }

    /**
     * Marks a Mesos agent as not registered. It stays, inactive, while it has launches that aren't known to have ended.
     */
    private void leaves(MesosAgentId id) {
        launches.mayBeReported(launches.runs().on(id).values());
        MesosAgent agent = agents.get(id);
        if (agent == null) {
            return;
        }
        boolean needed =
                launches.runs().on(id).values().stream().map(Run::launch).anyMatch(launches::isRunning);
        agents = needed ? agents.plus(id, agent.left()) : agents.minus(id);
    }

    // ---- the leader

    void enforcement(Enforcement now) {
        if (!now.equals(enforcement)) {
            enforcement = now;
            launches.launches().keySet().forEach(launches::touch);
        }
    }

    void masterAnswers(boolean answers) {
        masterAnswers = answers;
    }

    /**
     * Applies that this leader answered. Another leader than before starts its term: it has not reported Mesos agents
     * and frameworks yet. Launches are kept.
     */
    void leader(Leader now) {
        masterAnswers = true;
        if (leader.equals(Optional.of(now))) {
            return;
        }
        leader = Optional.of(now);
        view = new Completeness.Incomplete(
                "master " + now.id() + " has just become leader; its counts have not been compared yet");
        term = LeaderTerm.NEW;
        List.copyOf(agents.keySet()).forEach(this::leaves);
        launches.forgetAbsences();
    }

    private static <K, V> PMap<K, V> persistent(Map<K, V> map) {
        return map instanceof PMap<K, V> already ? already : HashTreePMap.from(map);
    }
}
