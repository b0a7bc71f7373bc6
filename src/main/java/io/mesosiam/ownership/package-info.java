/**
 * Which controller renews the leases of each host.
 *
 * <p>In: the epochs of claims on hosts, and what the table of agents records. Out: whether a write about a host is still
 * valid, and for operators the owner of each host. The package knows no leases and no streams: a later stage decides when
 * a host is claimed, and which rows carry the epoch.
 */
@NullMarked
package io.mesosiam.ownership;

import org.jspecify.annotations.NullMarked;
