package io.mesosiam.agent.attest;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

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
 * Tells containers apart that have no groups, by who descends from their first processes: Mesos's {@code posix} launcher makes no groups.
 *
 * <p>A process can leave its container, by outliving the one that started it; then it is nobody's. It can't enter another: its parent is the
 * process that started it or, when that has ended, one of its ancestors.
 */
final class Ancestry {
    /** Longer lines of descent are somebody's game. */
    private static final int MAX_GENERATIONS = 128;

    /** The kernel tells the boot in whole seconds, a start in hundredths. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private static final Duration TICK = Duration.ofMillis(10);

    private final Supplier<KnownProcesses> mesos;
    private final ProcFs proc;
    private List<Forebear> last = List.of();

    Ancestry(Supplier<KnownProcesses> mesos, ProcFs proc) {
        this.mesos = mesos;
        this.proc = proc;
    }

    /** A container's living first process. */
    record Forebear(Container container, long pid) {}

    /**
     * What there is now.
     *
     * @param whole whether every such container is there
     */
    record Look(List<Forebear> forebears, boolean whole) {
        static final Look NOTHING = new Look(List.of(), true);
    }

    /**
     * Looks once; not for use by two threads.
     *
     * @param hasGroup which containers are known better
     */
    Look look(Predicate<String> hasGroup) {
        KnownProcesses known = mesos.get();
        Optional<Instant> boot = proc.bootTime();
        Set<Forebear> found = new HashSet<>();
        for (KnownProcess process : known.processes()) {
            alive(process, boot).ifPresent(found::add);
        }
        // what isn't said any more ends nothing
        last.stream()
                .filter(before -> proc.isAlive(before.pid(), before.container().startTicks()))
                .forEach(found::add);
        found.removeIf(forebear -> hasGroup.test(forebear.container().id()));
        last = unambiguous(found);
        return new Look(last, known.whole());
    }

    /** A process that is two containers' is neither's, and a container with two first processes has none. */
    private static List<Forebear> unambiguous(Set<Forebear> found) {
        return alone(
                alone(found, Forebear::pid), forebear -> forebear.container().id());
    }

    private static List<Forebear> alone(Collection<Forebear> found, Function<Forebear, Object> by) {
        return found.stream().collect(groupingBy(by)).values().stream()
                .filter(same -> same.size() == 1)
                .map(List::getFirst)
                .toList();
    }

    /** What began after its pid was written down is another process that was given the pid. */
    private Optional<Forebear> alive(KnownProcess process, Optional<Instant> boot) {
        OptionalLong start = proc.start(process.pid());
        if (start.isEmpty() || boot.isEmpty()) {
            return Optional.empty();
        }
        Instant began = boot.get().plus(TICK.multipliedBy(start.getAsLong()));
        return process.recorded()
                        .filter(recorded -> began.isAfter(recorded.plus(TOLERANCE)))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(new Forebear(new Container(process.containerId(), start.getAsLong()), process.pid()));
    }

    /** Whose descendants have the socket. */
    Attestation of(SocketFinder.Located at, List<Forebear> forebears) {
        Map<Long, Forebear> byPid = new HashMap<>();
        forebears.forEach(forebear -> byPid.put(forebear.pid(), forebear));
        try {
            Map<Forebear, Long> holders = holders(at.socket(), byPid);
            return switch (holders.size()) {
                case 0 ->
                    new Attestation.NoContainer("no descendant of a container holds the asking socket, inode "
                            + at.socket().inode());
                case 1 -> {
                    Map.Entry<Forebear, Long> only =
                            holders.entrySet().iterator().next();
                    yield confirm(at, byPid, only.getKey(), only.getValue());
                }
                default ->
                    new Attestation.Ambiguous("descendants of several containers hold the asking socket: "
                            + holders.keySet().stream()
                                    .map(forebear -> forebear.container().id())
                                    .sorted()
                                    .collect(joining(", ")));
            };
        } catch (DescriptorSearch.TooManyDescriptors e) {
            return new Attestation.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /** For each container one descendant that has the socket, if possible one of the user that made it. */
    private Map<Forebear, Long> holders(SocketAnswer.Found socket, Map<Long, Forebear> byPid)
            throws DescriptorSearch.TooManyDescriptors {
        Map<Long, Long> parents = proc.parents();
        Map<Forebear, Long> holders = new HashMap<>();
        try (DescriptorSearch search = proc.search(socket.inode())) {
            for (long pid : parents.keySet()) {
                Optional<Forebear> nearest = nearest(pid, parents, byPid);
                if (nearest.isPresent() && isHeldBy(pid, search, socket)) {
                    holders.merge(nearest.get(), pid, (one, other) -> madeIt(one, socket) ? one : other);
                }
            }
        }
        return holders;
    }

    /** Processes that can't have made the socket may keep nobody waiting with their descriptors. */
    private boolean isHeldBy(long pid, DescriptorSearch search, SocketAnswer.Found socket)
            throws DescriptorSearch.TooManyDescriptors {
        try {
            return search.in(pid).isPresent();
        } catch (DescriptorSearch.TooManyDescriptors e) {
            if (socket.canBeOf(proc.users(pid))) {
                throw e;
            }
            return false;
        }
    }

    private boolean madeIt(long pid, SocketAnswer.Found socket) {
        return proc.users(pid).contains(socket.user());
    }

    private static Optional<Forebear> nearest(long pid, Map<Long, Long> parents, Map<Long, Forebear> byPid) {
        Long next = pid;
        for (int generations = 0; generations < MAX_GENERATIONS && next != null; generations++) {
            Forebear found = byPid.get(next);
            if (found != null) {
                return Optional.of(found);
            }
            next = parents.get(next);
        }
        return Optional.empty();
    }

    /**
     * All once more, on processes that are the same before and after: the line of descent with every start in it, then the socket in the
     * holder's hands, then the same line again, then the socket itself.
     */
    private Attestation confirm(SocketFinder.Located at, Map<Long, Forebear> byPid, Forebear forebear, long holder)
            throws DescriptorSearch.TooManyDescriptors {
        List<Generation> line = line(holder, byPid);
        boolean holds;
        try (DescriptorSearch search = proc.search(at.socket().inode())) {
            holds = search.in(holder).isPresent();
        }
        boolean madeIt = madeIt(holder, at.socket());
        if (!line.equals(line(holder, byPid)) || !endsWith(forebear, line) || !holds || !at.isStillThere()) {
            return new Attestation.Unknown("process " + holder + " changed while it was looked at");
        }
        return madeIt
                ? new Attestation.Attested(forebear.container(), "ancestry")
                : new Attestation.Ambiguous("the asking socket was made by user "
                        + at.socket().user() + ", which its holder isn't: process " + holder);
    }

    private record Generation(long pid, long startTicks) {}

    /** From a process up to the first that is a container's, itself included, as they are now. */
    private List<Generation> line(long pid, Map<Long, Forebear> byPid) {
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

    private static boolean endsWith(Forebear forebear, List<Generation> line) {
        return !line.isEmpty()
                && line.getLast()
                        .equals(new Generation(
                                forebear.pid(), forebear.container().startTicks()));
    }
}
