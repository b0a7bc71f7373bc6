package io.mesosiam.mesos.model;

import io.mesosiam.mesos.FrameworkId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The latest run of each task key, grouped by Mesos agent.
 *
 * @param byFramework the same keys: a framework can change its name as often as it likes, which concerns its runs alone
 */
record Runs(PMap<MesosAgentId, PMap<TaskKey, Run>> byAgent, PMap<FrameworkId, PSet<TaskKey>> byFramework) {
    static final Runs NONE = new Runs(HashTreePMap.empty(), HashTreePMap.empty());

    Optional<Run> of(TaskKey key) {
        return Optional.ofNullable(byAgent.get(key.agent())).map(runs -> runs.get(key));
    }

    /** Returns the run of {@code launch} if it is the latest of its key. */
    Optional<Run> of(Launch launch) {
        return of(launch.key()).filter(run -> run.launch().equals(launch));
    }

    Stream<Run> of(FrameworkId framework) {
        return keys(framework).stream().flatMap(key -> of(key).stream());
    }

    Map<TaskKey, Run> on(MesosAgentId agent) {
        return byAgent.getOrDefault(agent, HashTreePMap.empty());
    }

    Stream<Run> all() {
        return byAgent.values().stream().flatMap(runs -> runs.values().stream());
    }

    Runs plus(Run run) {
        TaskKey key = run.launch().key();
        PMap<TaskKey, Run> before = byAgent.getOrDefault(key.agent(), HashTreePMap.empty());
        return new Runs(
                byAgent.plus(key.agent(), before.plus(key, run)),
                before.containsKey(key)
                        ? byFramework
                        : byFramework.plus(
                                key.framework(), keys(key.framework()).plus(key)));
    }

    Runs minus(Run run) {
        TaskKey key = run.launch().key();
        PMap<TaskKey, Run> rest =
                byAgent.getOrDefault(key.agent(), HashTreePMap.empty()).minus(key);
        PSet<TaskKey> others = keys(key.framework()).minus(key);
        return new Runs(
                rest.isEmpty() ? byAgent.minus(key.agent()) : byAgent.plus(key.agent(), rest),
                others.isEmpty() ? byFramework.minus(key.framework()) : byFramework.plus(key.framework(), others));
    }

    private PSet<TaskKey> keys(FrameworkId framework) {
        return byFramework.getOrDefault(framework, HashTreePSet.empty());
    }
}
