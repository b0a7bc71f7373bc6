/**
 * Identifies callers. In: the two ends of one connection. Out: the container that opened it, with its start time, or
 * why it can't be identified; and the running containers. Knows nothing of tasks, leases and policies, and uses no
 * statement of the caller about itself, only kernel facts. {@code docs/attestation.md} lists each fact, its race and
 * what closes it. {@link io.mesosiam.agent.attest.KernelAttestor} is the door.
 */
@NullMarked
package io.mesosiam.agent.attest;

import org.jspecify.annotations.NullMarked;
