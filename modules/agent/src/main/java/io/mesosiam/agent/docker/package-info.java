/**
 * Queries Docker's daemon about one container. In: a container's id, from a cgroup's name. Out: its name and first
 * process. The answer is no proof: {@code agent.attest} verifies it against the kernel. Knows nothing of Mesos.
 * {@link io.mesosiam.agent.docker.DockerDaemon} is the door.
 */
@NullMarked
package io.mesosiam.agent.docker;

import org.jspecify.annotations.NullMarked;
