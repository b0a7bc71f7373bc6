package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupConfig;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A connected TCP socket in the host's network namespace.
 *
 * @param inode as {@code /proc/PID/fd} shows it
 * @param cookie never reused for another socket of this host, if the kernel reports it
 * @param user the user that created it
 */
public record HostSocket(long inode, long cookie, long user) {
    private static final ProcFs PROC = new ProcFs(CgroupConfig.DEFAULT_PROC);

    /** For one look-up, and for one search among processes. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /**
     * The socket with the local end {@code source} and the remote end {@code destination}.
     *
     * @return empty if there is no such socket, or no process has accepted it yet, or it has been closed
     * @throws IOException if the kernel gives no answer
     */
    public static Optional<HostSocket> find(InetSocketAddress source, InetSocketAddress destination)
            throws IOException {
        try (SocketLookup sockets = new SocketLookups(PROC, CgroupVersion.V2, Optional.empty(), true).ofHost()) {
            return switch (sockets.find(source, destination, Deadline.in(LIMIT))) {
                case SocketAnswer.Found found ->
                    Optional.of(new HostSocket(found.inode(), found.cookie(), found.user()));
                case SocketAnswer.Absent(), SocketAnswer.Reset() -> Optional.empty();
                case SocketAnswer.Failed(String reason) -> throw new IOException(reason);
            };
        }
    }

    /** Whether one of these processes has a descriptor of it. */
    public boolean isHeldByOneOf(List<Long> processes) throws IOException {
        try (DescriptorSearch search = PROC.search(inode, Deadline.in(LIMIT))) {
            for (long pid : processes) {
                if (search.in(pid) instanceof DescriptorSearch.Result.Held) {
                    return true;
                }
            }
            return false;
        } catch (DescriptorSearch.Incomplete e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
