/**
 * Which controller renews the leases of each host.
 *
 * <p>In: requests to claim or release a host. Out: claims, each with the epoch that every write about the host
 * carries; whether a write under an epoch is still valid or another controller has claimed the host since; and for
 * operators the owner of each host. The package knows no leases, certificates or streams: later stages decide when to
 * claim a host, and which rows carry its epoch. {@link io.mesosiam.ownership.AgentTable} is the door.
 */
@NullMarked
package io.mesosiam.ownership;

import org.jspecify.annotations.NullMarked;
