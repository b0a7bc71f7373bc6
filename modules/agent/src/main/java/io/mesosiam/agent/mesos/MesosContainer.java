package io.mesosiam.agent.mesos;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A container as this host's Mesos knows it.
 *
 * @param id the path of its ids, outermost first, {@code parent/child}
 * @param pid of its first process; empty while it has none
 * @param recorded when the pid was written down, shortly after the process began; empty if it is said at this moment
 * @param standalone whether it was launched for no framework. What is nested in such a container isn't marked itself
 */
public record MesosContainer(String id, OptionalLong pid, Optional<Instant> recorded, boolean standalone) {}
