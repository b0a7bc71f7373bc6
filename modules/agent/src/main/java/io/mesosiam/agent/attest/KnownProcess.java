package io.mesosiam.agent.attest;

import java.time.Instant;
import java.util.Optional;

/**
 * A container source's statement that a process is the first of a container.
 *
 * @param containerId the path of its ids, outermost first
 * @param recorded when the pid was recorded; a process that started later is another one. Empty if the statement is
 *     current
 */
public record KnownProcess(String containerId, long pid, Optional<Instant> recorded) {}
