package io.mesosiam.mesos;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that a master lists at one moment: {@code /state}, GET_STATE, or what SUBSCRIBED begins with.
 *
 * @param leader who answered; empty in the v1 forms, which don't say
 * @param agents the registered Mesos agents
 * @param removedFrameworks the completed frameworks
 * @param rejected what was listed and couldn't be read, each with its reason; the rest stands
 */
record Snapshot(
        Optional<Leader> leader,
        List<SeenTask> tasks,
        List<SeenFramework> frameworks,
        Set<FrameworkId> removedFrameworks,
        List<MesosAgent> agents,
        List<String> rejected) {

    /** Counts the live tasks as the master's own gauges do. */
    Census census() {
        return Census.of(tasks);
    }
}
