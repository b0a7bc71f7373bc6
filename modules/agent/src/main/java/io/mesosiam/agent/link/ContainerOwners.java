package io.mesosiam.agent.link;

import io.mesosiam.channel.wire.Executor;
import java.util.Optional;

/** What this host's Mesos says of its containers, independently of what executors report to the master. */
@FunctionalInterface
public interface ContainerOwners {
    /** The executor that Mesos launched a container for, or the outermost one around it; empty if that is not known. */
    Optional<Executor> of(String containerId);
}
