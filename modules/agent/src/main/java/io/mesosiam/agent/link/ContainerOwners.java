package io.mesosiam.agent.link;

import io.mesosiam.agent.cgroup.ContainerPath;
import io.mesosiam.channel.wire.Executor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What this host's Mesos says of its containers, independently of what executors report to the master. */
@FunctionalInterface
public interface ContainerOwners {
    /**
     * The executor that Mesos launched a container for, or the outermost one around it; empty if that is not known. Reads a
     * file, so no lock is held that a request or a scan takes.
     */
    Optional<Executor> of(String containerId);

    /** The same, but what is said of an outermost container and of all that are nested in it is read once. */
    default ContainerOwners once() {
        Map<String, Optional<Executor>> read = new HashMap<>();
        return containerId -> read.computeIfAbsent(ContainerPath.outermost(containerId), this::of);
    }
}
