package io.mesosiam.agent.attest;

import io.mesosiam.agent.docker.DockerDaemon;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where containers come from besides Mesos's own groups. What these say is compared with the kernel.
 *
 * @param docker names the containers that Docker runs
 * @param processes names the first processes of containers without a group; asked on every look, so it must be quick
 */
public record ContainerSources(Optional<DockerDaemon> docker, Optional<Supplier<KnownProcesses>> processes) {
    static final ContainerSources NONE = new ContainerSources(Optional.empty(), Optional.empty());
}
