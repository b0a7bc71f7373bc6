package io.mesosiam.agent.attest;

import java.util.OptionalLong;
import java.util.Set;

/** A namespace's answer about one pair of ends. */
sealed interface SocketAnswer {
    /**
     * There is such a socket, connected and held by a process.
     *
     * @param inode of the socket, as {@code /proc/PID/fd} shows it
     * @param cookie never reused for another socket of this host, if the kernel reports it; else the inode
     * @param user the user that created it, as seen from the host
     * @param cgroup inode of the cgroup of the process that <em>created</em> it, regardless of its current holder. On
     *     cgroups v2 absent on kernels before 5.9; on v1 that of the freezer, present only if it was {@linkplain
     *     SocketMakers recorded}; absent in {@code /proc/net/tcp}
     * @param netClass the net_cls class of the process that created it, received it over a Unix socket, or was moved
     *     with it, whichever came last; for a process without a class the socket's <em>priority</em>, which some
     *     processes may choose. Absent if it is 0, on kernels before 5.0 and in {@code /proc/net/tcp}
     */
    record Found(long inode, long cookie, long user, OptionalLong cgroup, OptionalLong netClass)
            implements SocketAnswer {
        private static final long ROOT = 0;

        /**
         * Whether a process with these users can have created it: it has the socket's user, or is root, which can
         * become any user.
         */
        boolean canBeOf(Set<Long> users) {
            return users.contains(user) || users.contains(ROOT);
        }
    }

    /** There is such a socket, but it is another caller's: the connection that was looked up has been reset. */
    record Reset() implements SocketAnswer {}

    /** There is no such socket, or it is no longer connected. */
    record Absent() implements SocketAnswer {}

    /** The kernel gave no usable answer. */
    record Failed(String reason) implements SocketAnswer {}
}
