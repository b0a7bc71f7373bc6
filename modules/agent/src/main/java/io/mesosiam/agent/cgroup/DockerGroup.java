package io.mesosiam.agent.cgroup;

import java.nio.file.Path;

/**
 * A cgroup whose name has the form of a Docker container's. Any process that may make cgroups can choose such a name.
 *
 * @param dockerId 64 hexadecimal digits
 */
public record DockerGroup(String dockerId, Path directory, long inode) {}
