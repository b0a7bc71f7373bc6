package io.mesosiam.agent.attest;

import io.mesosiam.agent.kernel.DescriptorScan;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The facts about single processes. A pid means something only together with its start time, so whoever uses one of these reads
 * {@link #start} before and after: equal starts mean that all facts between were about one process.
 */
final class ProcFs {
    private final Path proc;

    /** Whether {@link DescriptorScan} works here, until the contrary is seen. */
    private volatile boolean scan;

    ProcFs(Path proc) {
        this(proc, true);
    }

    /**
     * A view of one procfs.
     *
     * @param scan false to use the JDK's calls alone
     */
    ProcFs(Path proc, boolean scan) {
        this.proc = proc;
        this.scan = scan;
    }

    /** When a living process started; empty when there is none, or a dead one that nobody has waited for yet. */
    OptionalLong start(long pid) {
        return read(pid, "stat")
                .flatMap(ProcessStat::parse)
                .filter(ProcessStat::alive)
                .map(stat -> OptionalLong.of(stat.startTicks()))
                .orElse(OptionalLong.empty());
    }

    boolean isAlive(long pid, long startTicks) {
        OptionalLong now = start(pid);
        return now.isPresent() && now.getAsLong() == startTicks;
    }

    /** The text of {@code /proc/PID/cgroup}. */
    Optional<String> cgroups(long pid) {
        return read(pid, "cgroup");
    }

    /** The inode of a process's network namespace. */
    OptionalLong networkNamespace(long pid) {
        return namespaceAt(file(pid, "ns/net"));
    }

    /** The inode of our own network namespace. */
    OptionalLong ownNetworkNamespace() {
        return namespaceAt(proc.resolve("self/ns/net"));
    }

    /** The inode of the network namespace that a descriptor or a process's link refers to. */
    OptionalLong namespaceAt(Path link) {
        return inode(link, "net:[");
    }

    /** The tables of our own network namespace. */
    Path ownNetwork() {
        return proc.resolve("self/net");
    }

    /** The addresses of a process's network namespace, as text: {@code fib_trie} and {@code if_inet6}. */
    Optional<String> network(long pid, String table) {
        return read(pid, "net/" + table);
    }

    /**
     * Real, effective, saved and file system user, as the kernel tells <em>us</em> about them: a process's own user namespace makes
     * no difference.
     */
    Set<Long> users(long pid) {
        return read(pid, "status")
                .flatMap(status ->
                        status.lines().filter(line -> line.startsWith("Uid:\t")).findFirst())
                .map(line -> Arrays.stream(line.substring("Uid:\t".length()).split("\t", -1))
                        .map(Long::valueOf)
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Set.of());
    }

    /**
     * Whether one of a process's descriptors is this socket. Costs some 1 µs for each descriptor.
     *
     * @throws TooManyDescriptors when that many were looked at without finding it
     */
    boolean holds(long pid, long socketInode, int limit) throws TooManyDescriptors {
        String link = "socket:[" + socketInode + "]";
        try {
            return scan ? scanned(pid, link, limit) : listed(pid, link, limit);
        } catch (IOException | DirectoryIteratorException ended) {
            return false;
        }
    }

    private boolean scanned(long pid, String link, int limit) throws IOException, TooManyDescriptors {
        try {
            return switch (DescriptorScan.find(link, proc + "/" + pid + "/fd", limit)) {
                case FOUND -> true;
                case ABSENT -> false;
                case TOO_MANY -> throw new TooManyDescriptors(pid, limit);
            };
        } catch (LinkageError notHere) {
            scan = false;
            return listed(pid, link, limit);
        }
    }

    private boolean listed(long pid, String link, int limit) throws IOException, TooManyDescriptors {
        int looked = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(file(pid, "fd"))) {
            for (Path descriptor : descriptors) {
                if (++looked > limit) {
                    throw new TooManyDescriptors(pid, limit);
                }
                if (isLinkTo(link, descriptor)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isLinkTo(String target, Path link) {
        try {
            return Files.readSymbolicLink(link).toString().equals(target);
        } catch (IOException closed) {
            return false;
        }
    }

    Path file(long pid, String name) {
        return proc.resolve(Long.toString(pid)).resolve(name);
    }

    private Optional<String> read(long pid, String name) {
        try {
            return Optional.of(KernelFile.read(file(pid, name)));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** Reads a magic link such as {@code socket:[4711]}. */
    private static OptionalLong inode(Path link, String prefix) {
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith(prefix) && target.endsWith("]")
                    ? OptionalLong.of(Long.parseLong(target, prefix.length(), target.length() - 1, 10))
                    : OptionalLong.empty();
        } catch (IOException | NumberFormatException ended) {
            return OptionalLong.empty();
        }
    }

    /** A process has so many descriptors open that looking through them would keep others waiting. */
    static final class TooManyDescriptors extends Exception {
        private static final long serialVersionUID = 1L;

        TooManyDescriptors(long pid, int limit) {
            super("process " + pid + " has more than " + limit + " descriptors open", null, false, false);
        }
    }
}
