package io.mesosiam.agent.mesos;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A container as this host's Mesos reports it.
 *
 * @param id the path of its ids, outermost first, {@code parent/child}
 * @param pid of its first process; empty while it has none
 * @param recorded when the pid was recorded, shortly after the process started; empty if the report is current
 * @param standalone whether it was launched for no framework. Containers nested in such a container are not marked
 */
public record MesosContainer(String id, OptionalLong pid, Optional<Instant> recorded, boolean standalone) {}
