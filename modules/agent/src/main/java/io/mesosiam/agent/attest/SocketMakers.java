package io.mesosiam.agent.attest;

import java.io.IOException;
import java.util.OptionalLong;

/** Which container's processes made sockets, as the kernel recorded it. Used on cgroups v1. */
public interface SocketMakers {
    /**
     * The inode of the freezer cgroup in which the process was that made the socket.
     *
     * @param cookie the socket's
     * @return empty if it wasn't recorded
     * @throws IOException if the record can't be read
     */
    OptionalLong groupOf(long cookie) throws IOException;

    /**
     * Whether sockets were lately made that are not recorded for a passing reason: the recording has just begun, or the
     * kernel had no room. A caller with such a socket succeeds with another one.
     */
    boolean missedSomeLately();
}
