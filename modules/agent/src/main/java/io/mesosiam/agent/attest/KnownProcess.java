package io.mesosiam.agent.attest;

import java.time.Instant;
import java.util.Optional;

/**
 * Somebody's word that a process is a container's first.
 *
 * @param containerId the path of its ids, outermost first
 * @param recorded when that was written down; what began later isn't that process. Empty if it is said at this moment
 */
public record KnownProcess(String containerId, long pid, Optional<Instant> recorded) {}
