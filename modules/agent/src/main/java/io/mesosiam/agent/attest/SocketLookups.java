package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.kernel.Libc;
import io.mesosiam.agent.proc.KernelFile;
import io.mesosiam.agent.proc.ProcFs;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Opens lookups of a namespace's sockets: through netlink, or through {@code /proc} if netlink is not available. */
final class SocketLookups {
    private static final System.Logger LOG = System.getLogger(SocketLookups.class.getName());

    /** Each outermost container on the host's network, with all nested in it, can block one of them. */
    private static final int HOST_COUNTERS = 32;

    private static final int CONTAINER_COUNTERS = 1;

    private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

    /** How many buckets the calling thread's namespace has for TCP sockets; negative if it uses the table of the host. */
    private static final Path BUCKETS = Path.of("/proc/sys/net/ipv4/tcp_ehash_entries");

    private final ProcFs proc;
    private final CgroupVersion version;
    private final Optional<SocketMakers> makers;
    private boolean netlink;

    /**
     * Creates a factory.
     *
     * @param version on v1 sockets have the cgroups that {@code makers} records, on v2 those that the kernel reports
     * @param netlink false to use {@code /proc} even if netlink is available
     */
    SocketLookups(ProcFs proc, CgroupVersion version, Optional<SocketMakers> makers, boolean netlink) {
        this.proc = proc;
        this.version = version;
        this.makers = makers;
        this.netlink = netlink;
    }

    /** The sockets of the agent's own namespace. */
    SocketLookup ofHost() {
        if (netlink) {
            try {
                return withMakers(SockDiag.open(HOST_COUNTERS));
            } catch (IOException | RuntimeException | LinkageError e) {
                // a LinkageError if foreign functions are not available or not permitted
                netlink = false;
                LOG.log(Level.WARNING, "sock diag not available, reading proc instead reason={0}", e.toString());
            }
        }
        return new ProcNetTcp(proc::ownNetwork, () -> true, Optional.empty());
    }

    /**
     * The sockets of a process's namespace.
     *
     * @param inode of the namespace, since the pid alone may have been reused
     */
    SocketLookup of(long pid, long inode) {
        if (netlink) {
            try {
                return enter(pid, inode);
            } catch (IOException e) {
                LOG.log(
                        Level.WARNING,
                        "network namespace not entered, reading proc instead pid={0} reason={1}",
                        Long.toString(pid),
                        e.getMessage());
            }
        }
        // the sockets of a namespace that could not be entered are not looked up in the record
        return new ProcNetTcp(
                () -> proc.file(pid, "net"),
                () -> proc.isInNetwork(pid, inode),
                version == CgroupVersion.V1 ? makers : Optional.empty());
    }

    /**
     * The sockets of a namespace that could not be entered before, such as for lack of a descriptor, or because its process
     * had left it. Empty if it still can't be.
     */
    Optional<SocketLookup> again(long pid, long inode) {
        try {
            return netlink ? Optional.of(enter(pid, inode)) : Optional.empty();
        } catch (IOException stillNot) {
            return Optional.empty();
        }
    }

    private SocketLookup withMakers(SockDiag sockets) {
        return switch (version) {
            case V1 -> new MadeSockets(sockets, makers);
            case V2 -> sockets;
        };
    }

    /** Opens the namespace. Tries twice: the thread that the directory belongs to can end before the open. */
    private int open(long pid) throws IOException {
        try {
            return Libc.open(proc.file(pid, "ns/net").toString());
        } catch (IOException ended) {
            return Libc.open(proc.file(pid, "ns/net").toString());
        }
    }

    /** Whether the calling thread's namespace has a table of its own that is too small. Before Linux 6.1 none has its own. */
    private static boolean hasFewBuckets() {
        try {
            int buckets = Integer.parseInt(KernelFile.read(BUCKETS).strip());
            return buckets >= 0 && buckets < SlowSockets.FEWEST_BUCKETS;
        } catch (IOException | NumberFormatException noTablesOfTheirOwn) {
            return false;
        }
    }

    private SocketLookup enter(long pid, long inode) throws IOException {
        int descriptor = open(pid);
        try {
            OptionalLong opened = proc.namespaceAt(OWN_DESCRIPTORS.resolve(Integer.toString(descriptor)));
            if (opened.isEmpty() || opened.getAsLong() != inode) {
                throw new IOException("the process has left the namespace");
            }
            // a thread that has entered a container's namespace is never reused: threads that it starts would stay
            // there
            FutureTask<SocketLookup> opening = new FutureTask<>(() -> {
                Libc.enterNetworkNamespace(descriptor);
                boolean few = hasFewBuckets();
                SocketLookup sockets = withMakers(SockDiag.open(CONTAINER_COUNTERS));
                return few ? new SlowSockets(sockets) : sockets;
            });
            Thread.ofPlatform().name("mesos-iam-netns").daemon().start(opening);
            return opening.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            Libc.close(descriptor);
        }
    }
}
