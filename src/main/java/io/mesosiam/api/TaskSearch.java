package io.mesosiam.api;

import io.mesosiam.mesos.ClusterState;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.LaunchedTask;
import io.mesosiam.mesos.MesosAgentId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A search for launches: those that match every part that is set. Pure.
 *
 * @param framework a framework's id
 * @param task a task's id
 * @param name a task's name
 * @param container a container's id: the whole path, or one of the containers in it
 * @param host a Mesos agent's id, host name or address
 */
record TaskSearch(
        Optional<String> framework,
        Optional<String> task,
        Optional<String> name,
        Optional<String> container,
        Optional<String> host) {
    private static final Comparator<LaunchedTask> ORDER = Comparator.<LaunchedTask, Boolean>comparing(
                    found -> found.end().isPresent())
            .thenComparing(found -> found.launch().key().framework().value())
            .thenComparing(found -> found.launch().key().task().value())
            .thenComparing(Comparator.<LaunchedTask>comparingLong(
                            found -> found.launch().sequence())
                    .reversed())
            .thenComparing(found -> found.launch().key().agent().value());

    /**
     * At most {@code limit} of them, those that haven't ended first; of one task the newest launch first.
     *
     * @param shown whether the caller may know of a task
     */
    List<LaunchedTask> in(ClusterState state, Predicate<LaunchedTask> shown, int limit) {
        return state.launches().values().stream()
                .filter(known -> matches(known, state))
                .sorted(ORDER)
                .filter(shown)
                .limit(limit)
                .toList();
    }

    private boolean matches(LaunchedTask known, ClusterState state) {
        return agrees(framework, known.launch().key().framework().value())
                && agrees(task, known.launch().key().task().value())
                && agrees(name, known.task().name())
                && container.map(id -> isIn(id, known.task().container())).orElse(true)
                && host.map(id -> isOn(id, known.launch().key().agent(), state)).orElse(true);
    }

    private static boolean agrees(Optional<String> wanted, String value) {
        return wanted.map(value::equals).orElse(true);
    }

    private static boolean isIn(String wanted, Optional<ContainerId> container) {
        return container
                .filter(id -> id.toString().equals(wanted)
                        || Stream.of(id.toString().split("/", -1)).anyMatch(wanted::equals))
                .isPresent();
    }

    private static boolean isOn(String wanted, MesosAgentId agent, ClusterState state) {
        return agent.value().equals(wanted)
                || state.agent(agent)
                        .filter(known -> known.hostname().equalsIgnoreCase(wanted)
                                || known.address().equals(wanted))
                        .isPresent();
    }
}
