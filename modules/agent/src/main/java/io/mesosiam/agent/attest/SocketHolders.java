package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the process that has a socket among its descriptors, if the kernel doesn't report it (cgroups v1).
 *
 * <p>Every candidate is searched even after a holder was found: descriptors can be passed on, and a socket that two
 * containers hold proves neither. Processes that can't have created the socket don't count: those without its user,
 * unless they are root, which can become any user. So a process can't disturb other users' tasks by opening a large
 * number of descriptors.
 */
final class SocketHolders {
    /** Containers per part of a parallel search: some hundred microseconds of work, enough to pay for another core. */
    private static final int CONTAINERS_AT_A_TIME = 16;

    private final CgroupTree tree;
    private final ProcFs proc;

    SocketHolders(CgroupTree tree, ProcFs proc) {
        this.tree = tree;
        this.proc = proc;
    }

    /**
     * A process that holds the socket.
     *
     * @param container the container of the process's cgroup
     * @param descriptor the lowest number of its descriptors of the socket
     * @param isCreator whether the process has the socket's user
     */
    record Holder(ObservedContainer container, long pid, long startTicks, int descriptor, boolean isCreator) {}

    /**
     * The result of a search.
     *
     * @param holders for each container that holds the socket, one process that does; preferably a possible creator of
     *     it
     * @param unread a process of which no living thread has been found yet, so that it is not known what it holds
     */
    record Found(List<Holder> holders, OptionalLong unread) {}

    /**
     * Searches the containers' processes.
     *
     * @throws DescriptorSearch.Incomplete if the deadline comes first, or a process that counts has more descriptors, or
     *     a container more processes, than can be searched in time
     */
    Found in(List<ObservedContainer> candidates, SocketAnswer.Found socket, Deadline deadline)
            throws DescriptorSearch.Incomplete {
        List<Part> parts = IntStream.iterate(0, from -> from < candidates.size(), from -> from + CONTAINERS_AT_A_TIME)
                .mapToObj(from -> candidates.subList(from, Math.min(from + CONTAINERS_AT_A_TIME, candidates.size())))
                .toList()
                .parallelStream()
                .map(part -> search(socket, part, deadline))
                .toList();
        List<Holder> holders = new ArrayList<>(1);
        OptionalLong unread = OptionalLong.empty();
        for (Part part : parts) {
            if (part.gaveUp().isPresent()) {
                throw part.gaveUp().get();
            }
            holders.addAll(part.found().holders());
            unread = part.found().unread().isPresent() ? part.found().unread() : unread;
        }
        return new Found(holders, unread);
    }

    /** The result of a search in a part of the containers. */
    private record Part(Found found, Optional<DescriptorSearch.Incomplete> gaveUp) {}

    private Part search(SocketAnswer.Found socket, List<ObservedContainer> candidates, Deadline deadline) {
        List<Holder> holders = new ArrayList<>(1);
        OptionalLong unread = OptionalLong.empty();
        try (DescriptorSearch search = proc.search(socket.inode(), deadline)) {
            for (ObservedContainer candidate : candidates) {
                @Nullable Holder best = null;
                for (long pid : processes(candidate)) {
                    if (best == null || !best.isCreator()) {
                        switch (search.in(pid, it -> socket.canBeOf(proc.users(it)))) {
                            case DescriptorSearch.Result.Held(int descriptor) -> {
                                Holder found = holder(candidate, pid, socket, descriptor);
                                best = found == null ? best : found;
                            }
                            case DescriptorSearch.Result.NotHeld _ -> {}
                            case DescriptorSearch.Result.NotKnown _ -> unread = OptionalLong.of(pid);
                        }
                    }
                }
                if (best != null) {
                    holders.add(best);
                }
            }
            return new Part(new Found(holders, unread), Optional.empty());
        } catch (DescriptorSearch.Incomplete e) {
            return new Part(new Found(List.of(), unread), Optional.of(e));
        }
    }

    private long[] processes(ObservedContainer candidate) throws DescriptorSearch.Incomplete {
        long[] processes = tree.processes(candidate.group(), HostScanner.MOST_PROCESSES + 1);
        if (processes.length > HostScanner.MOST_PROCESSES) {
            throw new DescriptorSearch.TooManyProcesses(candidate.id(), HostScanner.MOST_PROCESSES);
        }
        return processes;
    }

    private @Nullable Holder holder(ObservedContainer candidate, long pid, SocketAnswer.Found socket, int descriptor) {
        Set<Long> users = proc.users(pid);
        OptionalLong start = proc.startUnlessEnded(pid);
        return start.isPresent() && socket.canBeOf(users)
                ? new Holder(candidate, pid, start.getAsLong(), descriptor, users.contains(socket.user()))
                : null;
    }

    /**
     * Whether the holder still holds the socket by the same descriptor: one lookup, independent of the number of its
     * descriptors. Its start was read after its descriptor was seen, and whether it is alive is checked last: so
     * socket, cgroup and users are facts about one process, and its pid was not reused in between. The cgroup is read
     * from the process itself, because it may have been moved after the cgroup's processes were listed.
     */
    boolean stillHolds(Holder holder, SocketAnswer.Found socket) {
        return proc.isSocket(holder.pid(), holder.descriptor(), socket.inode())
                && tree.contains(holder.container().group(), holder.pid(), proc)
                && proc.isAlive(holder.pid(), holder.startTicks());
    }
}
