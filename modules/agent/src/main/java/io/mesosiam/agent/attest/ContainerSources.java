package io.mesosiam.agent.attest;

import io.mesosiam.agent.docker.DockerDaemon;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sources of containers other than Mesos's own cgroups. Their statements are verified against the kernel.
 *
 * @param docker names the containers that Docker runs
 * @param processes names the first processes of containers without a cgroup; called on every scan, so it must be quick
 */
public record ContainerSources(Optional<DockerDaemon> docker, Optional<Supplier<KnownProcesses>> processes) {
    static final ContainerSources NONE = new ContainerSources(Optional.empty(), Optional.empty());
}
