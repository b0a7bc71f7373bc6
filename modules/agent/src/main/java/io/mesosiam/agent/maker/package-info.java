/**
 * Has the kernel remember which container made each TCP socket, on cgroups v1. In: the freezer's hierarchy and the root of
 * cgroups v2. Out: the inode of the maker's freezer cgroup, by the socket's cookie. Two programs of the kernel fill and
 * empty a table. {@link io.mesosiam.agent.maker.RecordedMakers} is the door.
 */
@NullMarked
package io.mesosiam.agent.maker;

import org.jspecify.annotations.NullMarked;
