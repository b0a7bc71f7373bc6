package io.mesosiam.agent.attest;

import java.util.OptionalLong;

/** Which container's processes made sockets, as the kernel recorded it. Used on cgroups v1. */
@FunctionalInterface
public interface SocketMakers {
    /** Nothing is recorded. */
    SocketMakers NONE = _ -> OptionalLong.empty();

    /**
     * The inode of the freezer cgroup in which the process was that made the socket.
     *
     * @param cookie the socket's
     * @return empty if it wasn't recorded
     */
    OptionalLong groupOf(long cookie);
}
