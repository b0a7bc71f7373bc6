package io.mesosiam.agent.attest;

import java.nio.file.Path;
import java.util.List;

/**
 * A container's place in the hierarchy.
 *
 * @param id the container's id path
 * @param directory its group, which also holds the groups of those nested in it
 * @param processes the group that holds its processes: its {@code leaf} on v2, the same on v1 and for Docker's
 * @param inode of {@code processes}. The kernel doesn't give it to another group, so it tells a group from its successor of the
 *     same name; on v2 it is what {@code INET_DIAG_CGROUP_ID} reports
 * @param below the groups below {@code processes} that processes of the container's have made, as the last look showed them
 */
record ContainerGroup(String id, Path directory, Path processes, long inode, List<CgroupDirectory> below) {
    ContainerGroup {
        below = List.copyOf(below);
    }

    /** Without any below it. */
    ContainerGroup(String id, Path directory, Path processes, long inode) {
        this(id, directory, processes, inode, List.of());
    }
}
