package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.ContainerGroup;
import java.util.OptionalLong;

/**
 * A container as one scan of the host found it.
 *
 * @param firstPid its first process: the oldest in its cgroup when it was first seen. The container lives as long as
 *     this process, as for Mesos, which ends the rest of a container when its init ends
 * @param namespace inode of its first process's network namespace
 * @param netClass the class of its sockets, if Mesos sets one
 */
record ObservedContainer(
        Container container, ContainerGroup group, long firstPid, long namespace, OptionalLong netClass) {
    /** The same container, with its cgroup as it is now. */
    ObservedContainer in(ContainerGroup now) {
        return new ObservedContainer(container, now, firstPid, namespace, netClass);
    }

    String id() {
        return container.id();
    }
}
