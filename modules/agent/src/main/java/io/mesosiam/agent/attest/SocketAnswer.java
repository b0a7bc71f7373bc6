package io.mesosiam.agent.attest;

import java.util.OptionalLong;
import java.util.Set;

/** What a namespace says about one pair of ends. */
sealed interface SocketAnswer {
    /**
     * There is such a socket, connected and held by a process.
     *
     * @param inode of the socket, as {@code /proc/PID/fd} shows it
     * @param cookie never given to another socket of this host, where the kernel tells it; else the inode
     * @param user who made it, as seen from the host
     * @param cgroup inode of the cgroup v2 group of the process that <em>made</em> it, whoever holds it now; absent on kernels
     *     before 5.9 and in {@code /proc/net/tcp}
     * @param netClass the net_cls class of the process that made it, received it over a Unix socket, or was moved with it, whichever
     *     came last; for one without a class its <em>priority</em>, which some may choose. Absent if it is 0, on kernels before 5.0
     *     and in {@code /proc/net/tcp}
     */
    record Found(long inode, long cookie, long user, OptionalLong cgroup, OptionalLong netClass)
            implements SocketAnswer {
        private static final long ROOT = 0;

        /** Whether a process with these users can have made it: it has the socket's, or is root, who can become anyone. */
        boolean canBeOf(Set<Long> users) {
            return users.contains(user) || users.contains(ROOT);
        }
    }

    /** There is none, or it is no longer connected. */
    record Absent() implements SocketAnswer {}

    /** The kernel gave no answer that can be used. */
    record Failed(String reason) implements SocketAnswer {}
}
