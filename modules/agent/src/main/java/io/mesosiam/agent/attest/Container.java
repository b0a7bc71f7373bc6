package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.ContainerPath;

/**
 * A container that runs on this host. The id alone does not identify it: pids, addresses and cgroups are reused, start
 * times are not.
 *
 * @param id the path of Mesos's container ids, outermost first, {@code parent/child}
 * @param startTicks start of its first process, in clock ticks since boot (proc(5), stat field 22)
 */
public record Container(String id, long startTicks) {
    /** Whether the container with this id is nested in another one. */
    public static boolean isNested(String id) {
        return ContainerPath.isNested(id);
    }

    /** The id of the container in which a container is nested at all levels; its own if it is not nested. */
    public static String outermost(String id) {
        return ContainerPath.outermost(id);
    }
}
