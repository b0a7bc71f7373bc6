package io.mesosiam.agent.attest;

import java.nio.file.Path;

/**
 * A container's place in the hierarchy.
 *
 * @param id the container's id path
 * @param directory its group, which also holds the groups of those nested in it
 * @param processes the group that holds its processes: its {@code leaf} on v2, the same on v1 and for Docker's
 * @param inode of {@code processes}. The kernel doesn't give it to another group, so it tells a group from its successor of the
 *     same name; on v2 it is what {@code INET_DIAG_CGROUP_ID} reports
 */
record ContainerGroup(String id, Path directory, Path processes, long inode) {}
