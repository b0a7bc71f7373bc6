package io.mesosiam.mesos.model;

import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/** The latest run of each task key, grouped by Mesos agent. */
record Runs(PMap<MesosAgentId, PMap<TaskKey, Run>> byAgent) {
    static final Runs NONE = new Runs(HashTreePMap.empty());

    Optional<Run> of(TaskKey key) {
        return Optional.ofNullable(byAgent.get(key.agent())).map(runs -> runs.get(key));
    }

    /** Returns the run of {@code launch} if it is the latest of its key. */
    Optional<Run> of(Launch launch) {
        return of(launch.key()).filter(run -> run.launch().equals(launch));
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
        return new Runs(byAgent.plus(key.agent(), before.plus(key, run)));
    }

    Runs minus(Run run) {
        TaskKey key = run.launch().key();
        PMap<TaskKey, Run> rest =
                byAgent.getOrDefault(key.agent(), HashTreePMap.empty()).minus(key);
        return new Runs(rest.isEmpty() ? byAgent.minus(key.agent()) : byAgent.plus(key.agent(), rest));
    }
}
