/**
 * What Docker's daemon says of one container. In: a container's id, as a cgroup's name shows it. Out: its name and first process.
 * Nothing of it is proof: {@code agent.attest} compares it with the kernel. Refuses to know Mesos.
 */
@NullMarked
package io.mesosiam.agent.docker;

import org.jspecify.annotations.NullMarked;
