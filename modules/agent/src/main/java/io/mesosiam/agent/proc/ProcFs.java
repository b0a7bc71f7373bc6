package io.mesosiam.agent.proc;

import io.mesosiam.agent.kernel.DescriptorScan;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads facts about single processes. A pid identifies a process only together with its start time, so callers read
 * {@link #start} before and after: equal starts mean that all facts between were about one process. A process whose
 * first thread has ended is alive while another thread is, and that thread has the facts: see {@link LivingThreads}.
 */
public final class ProcFs implements AutoCloseable {
    private static final String BOOT = "btime ";

    /** The beginning of {@code /proc/PID/status} that has its state and its users. */
    private static final int STATUS_BYTES = 1024;

    /** A line of {@code /proc/PID/status}. */
    private static final Pattern DEAD = Pattern.compile("^State:\\s+[ZXx]", Pattern.MULTILINE | Pattern.UNIX_LINES);

    private static final int SHARE_OF_HELD = 4;
    private static final int USUALLY_HELD = 2048;

    /** A line of {@code /proc/self/limits}, with the soft limit. */
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +([0-9]+) .*");

    private final Path proc;

    /** Whether {@link DescriptorScan} is assumed to work here; false after its first failure. */
    private volatile boolean scan;

    private final HeldProcesses held;
    private final LivingThreads threads;

    public ProcFs(Path proc) {
        this(proc, true);
    }

    /**
     * Opens one procfs.
     *
     * @param foreign false to use only the JDK's file API
     */
    public ProcFs(Path proc, boolean foreign) {
        this.proc = proc;
        this.scan = foreign;
        this.threads = new LivingThreads(proc);
        this.held = new HeldProcesses(this::start, foreign && hasOurPids() ? mostHeld() : 0);
    }

    /** A share of the descriptors that this process may have: connections and networks need the others. */
    private int mostHeld() {
        try {
            return KernelFile.lines(KernelFile.read(proc.resolve("self/limits"))).stream()
                    .map(OPEN_FILES::matcher)
                    .filter(Matcher::matches)
                    .mapToInt(limit -> Integer.parseInt(limit.group(1)) / SHARE_OF_HELD)
                    .findFirst()
                    .orElse(USUALLY_HELD);
        } catch (IOException | NumberFormatException e) {
            return USUALLY_HELD;
        }
    }

    /** Whether its pids are those of the agent's own pid namespace, which system calls use. */
    private boolean hasOurPids() {
        try {
            String own = Long.toString(ProcessHandle.current().pid());
            return Files.readSymbolicLink(proc.resolve("self")).endsWith(own);
        } catch (IOException notMounted) {
            return false;
        }
    }

    /** Start of a living process; empty if there is none, it is a zombie, or it is not known whether it is alive. */
    public OptionalLong start(long pid) {
        return startOf(stat(pid));
    }

    /** As {@link #start}, but present if it is not known whether the process is alive. */
    public OptionalLong startUnlessEnded(long pid) {
        return startOf(statUnlessEnded(pid));
    }

    private static OptionalLong startOf(Optional<ProcessStat> stat) {
        return stat.map(found -> OptionalLong.of(found.startTicks())).orElse(OptionalLong.empty());
    }

    /** The parsed {@code /proc/PID/stat} of a process that is known to be alive. */
    public Optional<ProcessStat> stat(long pid) {
        return threads.life(pid) instanceof LivingThreads.Life.Alive(ProcessStat stat)
                ? Optional.of(stat)
                : Optional.empty();
    }

    private Optional<ProcessStat> statUnlessEnded(long pid) {
        return switch (threads.life(pid)) {
            case LivingThreads.Life.Alive(ProcessStat stat) -> Optional.of(stat);
            case LivingThreads.Life.NotKnown(ProcessStat stat) -> Optional.of(stat);
            case LivingThreads.Life.Ended _ -> Optional.empty();
        };
    }

    /**
     * Every process that is not known to have ended, with its parent. Takes 16 µs per process.
     *
     * @throws DescriptorSearch.OutOfTime if the deadline comes first
     */
    public Map<Long, Long> parents(Deadline deadline) throws DescriptorSearch.OutOfTime {
        Map<Long, Long> parents = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path process : processes) {
                if (deadline.isOver()) {
                    throw new DescriptorSearch.OutOfTime();
                }
                long pid = Long.parseLong(process.getFileName().toString());
                statUnlessEnded(pid).ifPresent(stat -> parents.put(pid, stat.parent()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            throw new IllegalStateException("can't list the processes in " + proc, e);
        }
        return parents;
    }

    /** The boot time of this host by its current clock: a line {@code btime} with whole seconds (proc_stat(5)). */
    public Optional<Instant> bootTime() {
        try {
            return KernelFile.lines(KernelFile.read(proc.resolve("stat"))).stream()
                    .filter(line -> line.startsWith(BOOT))
                    .findFirst()
                    .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring(BOOT.length()))));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the process that had this pid and this start time is known to be alive. */
    public boolean isAlive(long pid, long startTicks) {
        return held.isAlive(pid, startTicks);
    }

    /** As {@link #isAlive}, without reading files: false too if that was not called before. */
    public boolean isHeldAlive(long pid, long startTicks) {
        return held.isHeldAlive(pid, startTicks);
    }

    /**
     * Whether the process that had this pid and this start time is known to have ended. Neither this nor
     * {@link #isAlive} is true as long as not all its threads have been read.
     */
    public boolean hasEnded(long pid, long startTicks) {
        return !isAlive(pid, startTicks) && !startUnlessEnded(pid).equals(OptionalLong.of(startTicks));
    }

    /** Releases what {@link #isAlive} holds for processes that have ended. */
    public void forgetEnded() {
        held.forgetEnded();
    }

    /** The text of {@code /proc/PID/cgroup} of a living thread. On v1 an ending thread is in the root's cgroup. */
    public Optional<String> cgroups(long pid) {
        return threads.readOfLiving(pid, thread -> read(thread, "cgroup")).value();
    }

    /** As {@link #cgroups}, of the first thread, which may be ending. Half as expensive. */
    public Optional<String> firstThreadsCgroups(long pid) {
        return read(threads.first(pid), "cgroup");
    }

    /** The inode of a process's network namespace. */
    public OptionalLong networkNamespace(long pid) {
        return link(pid, "ns/net", "net:[");
    }

    public boolean isInNetwork(long pid, long namespace) {
        return networkNamespace(pid).equals(OptionalLong.of(namespace));
    }

    /** The inode of the agent's own network namespace. */
    public OptionalLong ownNetworkNamespace() {
        return namespaceAt(proc.resolve("self/ns/net"));
    }

    /** The inode of the network namespace that a descriptor or a process's link refers to. */
    public OptionalLong namespaceAt(Path link) {
        return inode(link, "net:[");
    }

    /** The directory of the tables of the agent's own network namespace. */
    public Path ownNetwork() {
        return proc.resolve("self/net");
    }

    /**
     * Reads the lines of a table of a process's network namespace, such as {@code fib_trie}. The namespace's owner decides
     * how many there are.
     */
    public <T> Optional<T> network(long pid, String table, Function<Stream<String>, T> reader) {
        return threads.read(pid, thread -> {
                    try {
                        return Optional.of(KernelFile.read(thread.resolve("net/" + table), reader));
                    } catch (IOException ended) {
                        return Optional.empty();
                    }
                })
                .value();
    }

    /**
     * Real, effective, saved and file system user, as the kernel reports them to the <em>agent</em>: a process's own
     * user namespace makes no difference.
     */
    public Set<Long> users(long pid) {
        return threads.read(pid, ProcFs::startOfStatus)
                .value()
                .flatMap(lines ->
                        lines.stream().filter(line -> line.startsWith("Uid:\t")).findFirst())
                .map(line -> Arrays.stream(line.substring("Uid:\t".length()).split("\t", -1))
                        .map(Long::valueOf)
                        .collect(Collectors.toUnmodifiableSet()))
                .orElse(Set.of());
    }

    /** Starts a search for one socket among the descriptors of processes, which ends at the deadline. */
    public DescriptorSearch search(long socketInode, Deadline deadline) {
        String link = "socket:[" + socketInode + "]";
        if (scan) {
            try {
                return new DescriptorSearch(threads, link, Optional.of(new DescriptorScan(link)), deadline);
            } catch (LinkageError notHere) {
                scan = false;
            }
        }
        return new DescriptorSearch(threads, link, Optional.empty(), deadline);
    }

    /** Whether one descriptor of a process is this socket. */
    public boolean isSocket(long pid, int descriptor, long socketInode) {
        return link(pid, "fd/" + descriptor, "socket:[").equals(OptionalLong.of(socketInode));
    }

    /** A file of the process, in the directory of a living thread, or of the first thread if none is alive. */
    public Path file(long pid, String name) {
        return threads.readOfLiving(pid, Optional::of)
                .value()
                .orElseGet(() -> threads.first(pid))
                .resolve(name);
    }

    /** The first lines, before those that the process can make as long as it likes. */
    private static Optional<List<String>> startOfStatus(Path thread) {
        try {
            return Optional.of(KernelFile.firstLines(thread.resolve("status"), STATUS_BYTES))
                    .filter(lines ->
                            lines.stream().noneMatch(line -> DEAD.matcher(line).find()));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private static Optional<String> read(Path thread, String name) {
        try {
            return Optional.of(KernelFile.read(thread.resolve(name)));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    private OptionalLong link(long pid, String name, String prefix) {
        OptionalLong first = inode(threads.first(pid).resolve(name), prefix);
        return first.isPresent()
                ? first
                : threads.readOfLiving(pid, thread -> inode(thread.resolve(name), prefix).stream()
                                .boxed()
                                .findFirst())
                        .value()
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty());
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

    @Override
    public void close() {
        held.close();
    }
}
