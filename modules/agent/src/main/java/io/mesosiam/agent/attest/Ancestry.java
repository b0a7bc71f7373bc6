package io.mesosiam.agent.attest;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.agent.proc.ProcessStat;
import io.mesosiam.pause.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Attests containers that have no cgroups, by descent from their first processes. Mesos's {@code posix} launcher makes
 * no cgroups.
 *
 * <p>A process that outlives its parent can leave its container; it then belongs to none. It can't enter another
 * container: its parent is the process that started it or, after that one's end, one of its ancestors.
 */
final class Ancestry {
    /** The longest line of descent that is followed; real ones are shorter. */
    private static final int MAX_GENERATIONS = 128;

    /** The kernel reports the boot time in whole seconds and a start in hundredths of a second. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration TICK = Duration.ofMillis(10);

    private final Supplier<KnownProcesses> mesos;
    private final ProcFs proc;
    private List<FirstProcess> last = List.of();

    Ancestry(Supplier<KnownProcesses> mesos, ProcFs proc) {
        this.mesos = mesos;
        this.proc = proc;
    }

    /** A container's first process, which is not known to have ended. */
    record FirstProcess(Container container, long pid) {}

    /**
     * The result of one scan.
     *
     * @param whole whether it contains every container without a cgroup
     */
    record Scan(List<FirstProcess> firstProcesses, boolean whole) {
        static final Scan NOTHING = new Scan(List.of(), true);
    }

    /**
     * Scans once. Not thread-safe.
     *
     * @param hasGroup selects the containers that have a cgroup; these are left out
     */
    Scan scan(Predicate<String> hasGroup) {
        KnownProcesses known = mesos.get();
        Optional<Instant> boot = proc.bootTime();
        Set<FirstProcess> found = new HashSet<>();
        for (KnownProcess process : known.processes()) {
            unlessEnded(process, boot).ifPresent(found::add);
        }
        // if the source no longer lists a container, that does not end it
        last.stream()
                .filter(before ->
                        !proc.hasEnded(before.pid(), before.container().startTicks()))
                .forEach(found::add);
        found.removeIf(first -> hasGroup.test(first.container().id()));
        last = unambiguous(found);
        return new Scan(last, known.whole());
    }

    /** Removes a process that two containers claim, and a container that has two first processes. */
    private static List<FirstProcess> unambiguous(Set<FirstProcess> found) {
        return withoutDuplicates(withoutDuplicates(found, FirstProcess::pid), first -> first.container()
                .id());
    }

    private static List<FirstProcess> withoutDuplicates(
            Collection<FirstProcess> found, Function<FirstProcess, Object> by) {
        return found.stream().collect(groupingBy(by)).values().stream()
                .filter(same -> same.size() == 1)
                .map(List::getFirst)
                .toList();
    }

    /**
     * The first process, unless it has ended. A process that started after the pid was recorded is another process with the
     * same pid.
     */
    private Optional<FirstProcess> unlessEnded(KnownProcess process, Optional<Instant> boot) {
        OptionalLong start = proc.startUnlessEnded(process.pid());
        if (start.isEmpty() || boot.isEmpty()) {
            return Optional.empty();
        }
        Instant began = boot.get().plus(TICK.multipliedBy(start.getAsLong()));
        return process.recorded()
                        .filter(recorded -> began.isAfter(recorded.plus(TOLERANCE)))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(new FirstProcess(new Container(process.containerId(), start.getAsLong()), process.pid()));
    }

    /** The container whose descendant holds the socket. */
    Attestation of(SocketFinder.Located at, HostView view, Deadline deadline) {
        Attestation found = of(at, view.firstProcesses(), deadline);
        return found instanceof Attestation.Attested attested && view.isWaiting(attested.container())
                ? SocketOwners.waiting()
                : found;
    }

    private Attestation of(SocketFinder.Located at, List<FirstProcess> firstProcesses, Deadline deadline) {
        Map<Long, FirstProcess> byPid = new HashMap<>();
        firstProcesses.forEach(first -> byPid.put(first.pid(), first));
        try {
            Holders found = holders(at.socket(), byPid, deadline);
            return switch (found.byContainer().size()) {
                case 0 -> heldByNone(at, found.unread());
                case 1 -> {
                    Map.Entry<FirstProcess, Long> only =
                            found.byContainer().entrySet().iterator().next();
                    yield confirm(at, byPid, only.getKey(), only.getValue(), deadline);
                }
                default ->
                    new Attestation.Ambiguous("descendants of several containers hold the caller's socket: "
                            + found.byContainer().keySet().stream()
                                    .map(first -> first.container().id())
                                    .sorted()
                                    .collect(joining(", ")));
            };
        } catch (DescriptorSearch.Incomplete e) {
            return new Attestation.Unknown(String.valueOf(e.getMessage()));
        }
    }

    private static Attestation heldByNone(SocketFinder.Located at, OptionalLong unread) {
        return unread.isPresent()
                ? new Attestation.Unknown("not all threads of process " + unread.getAsLong() + " have been read yet")
                : new Attestation.NoContainer("no descendant of a container holds the caller's socket, inode "
                        + at.socket().inode());
    }

    /**
     * The descendants that hold a socket.
     *
     * @param byContainer for each container, one descendant; preferably one with the user that created the socket
     * @param unread a descendant of which no living thread has been found yet, so that it is not known what it holds
     */
    private record Holders(Map<FirstProcess, Long> byContainer, OptionalLong unread) {}

    private Holders holders(SocketAnswer.Found socket, Map<Long, FirstProcess> byPid, Deadline deadline)
            throws DescriptorSearch.Incomplete {
        Map<Long, Long> parents = proc.parents(deadline);
        Map<FirstProcess, Long> holders = new HashMap<>();
        OptionalLong unread = OptionalLong.empty();
        try (DescriptorSearch search = proc.search(socket.inode(), deadline)) {
            for (long pid : parents.keySet()) {
                Optional<FirstProcess> nearest = nearest(pid, parents, byPid);
                if (nearest.isEmpty()) {
                    continue;
                }
                switch (search.in(pid, it -> socket.canBeOf(proc.users(it)))) {
                    case DescriptorSearch.Result.Held _ ->
                        holders.merge(nearest.get(), pid, (one, other) -> isCreator(one, socket) ? one : other);
                    case DescriptorSearch.Result.NotHeld _ -> {}
                    case DescriptorSearch.Result.NotKnown _ -> unread = OptionalLong.of(pid);
                }
            }
        }
        return new Holders(holders, unread);
    }

    private boolean isCreator(long pid, SocketAnswer.Found socket) {
        return proc.users(pid).contains(socket.user());
    }

    private static Optional<FirstProcess> nearest(long pid, Map<Long, Long> parents, Map<Long, FirstProcess> byPid) {
        Long next = pid;
        for (int generations = 0; generations < MAX_GENERATIONS && next != null; generations++) {
            FirstProcess found = byPid.get(next);
            if (found != null) {
                return Optional.of(found);
            }
            next = parents.get(next);
        }
        return Optional.empty();
    }

    /**
     * Verifies everything again on processes that are the same before and after: the line of descent with all start
     * times, the holder's descriptor, the same line again, and finally the socket.
     */
    private Attestation confirm(
            SocketFinder.Located at, Map<Long, FirstProcess> byPid, FirstProcess first, long holder, Deadline deadline)
            throws DescriptorSearch.Incomplete {
        List<Generation> line = line(holder, byPid);
        boolean holds;
        try (DescriptorSearch search = proc.search(at.socket().inode(), deadline)) {
            holds = search.in(holder) instanceof DescriptorSearch.Result.Held;
        }
        boolean isCreator = isCreator(holder, at.socket());
        if (!line.equals(line(holder, byPid)) || !endsWith(first, line) || !holds || !at.isStillThere(deadline)) {
            return new Attestation.Unknown("process " + holder + " changed during attestation");
        }
        return isCreator
                ? new Attestation.Attested(first.container(), "ancestry")
                : new Attestation.Ambiguous("the caller's socket was created by user "
                        + at.socket().user() + ", which is not the user of its holder, process " + holder);
    }

    private record Generation(long pid, long startTicks) {}

    /** The processes from this one up to the first process of a container, both included, as they are now. */
    private List<Generation> line(long pid, Map<Long, FirstProcess> byPid) {
        List<Generation> line = new ArrayList<>();
        long next = pid;
        while (line.size() < MAX_GENERATIONS) {
            Optional<ProcessStat> stat = proc.stat(next);
            if (stat.isEmpty()) {
                return List.of();
            }
            line.add(new Generation(next, stat.get().startTicks()));
            if (byPid.containsKey(next)) {
                return line;
            }
            next = stat.get().parent();
        }
        return List.of();
    }

    private static boolean endsWith(FirstProcess first, List<Generation> line) {
        return !line.isEmpty()
                && line.getLast()
                        .equals(new Generation(first.pid(), first.container().startTicks()));
    }
}
