package io.mesosiam.agent.cgroup;

import java.nio.file.Path;
import java.util.List;

/**
 * A container's cgroups.
 *
 * @param id the container's id path
 * @param directory its cgroup, which also contains the cgroups of nested containers
 * @param processes the cgroup of its processes: its {@code leaf} on v2, the same as {@code directory} on v1 and for
 *     Docker's containers
 * @param inode of {@code processes}. The kernel never reuses it for another cgroup, so it differs for a later cgroup of
 *     the same name. On v2 {@code INET_DIAG_CGROUP_ID} reports it
 * @param below the cgroups below {@code processes} that the container's processes have made, as of the last scan
 */
public record ContainerGroup(String id, Path directory, Path processes, long inode, List<CgroupDirectory> below) {
    public ContainerGroup {
        below = List.copyOf(below);
    }

    /** A container without cgroups below its own. */
    public ContainerGroup(String id, Path directory, Path processes, long inode) {
        this(id, directory, processes, inode, List.of());
    }
}
