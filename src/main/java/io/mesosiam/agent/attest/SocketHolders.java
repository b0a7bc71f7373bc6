package io.mesosiam.agent.attest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds whose process has a socket among its descriptors, where the kernel doesn't say it by itself (cgroups v1).
 *
 * <p>Every candidate is searched even after a holder was found: descriptors can be passed on, and a socket in two containers' hands
 * proves neither. The processes that can't have made the socket are left out: those without its user, unless they are root, who can
 * become anyone.
 */
final class SocketHolders {
    /** A process may open a million descriptors just to keep others waiting. */
    private static final int MAX_DESCRIPTORS = 16_384;

    private static final long ROOT = 0;

    private final CgroupTree tree;
    private final ProcFs proc;

    SocketHolders(CgroupTree tree, ProcFs proc) {
        this.tree = tree;
        this.proc = proc;
    }

    /**
     * @param container the one whose group the process is in
     * @param madeIt whether the process has the socket's user
     */
    record Holder(Sighting container, long pid, long startTicks, boolean madeIt) {}

    /**
     * For each container that holds the socket one process that does, if possible one that can have made it.
     *
     * @throws ProcFs.TooManyDescriptors if a process has more descriptors than can be searched in time
     */
    List<Holder> of(SocketAnswer.Found socket, Collection<Sighting> candidates) throws ProcFs.TooManyDescriptors {
        List<Holder> holders = new ArrayList<>(1);
        for (Sighting candidate : candidates) {
            @Nullable Holder best = null;
            for (long pid : tree.processes(candidate.group())) {
                if (best == null || !best.madeIt()) {
                    Holder found = holder(candidate, pid, socket);
                    best = found == null ? best : found;
                }
            }
            if (best != null) {
                holders.add(best);
            }
        }
        return holders;
    }

    private @Nullable Holder holder(Sighting candidate, long pid, SocketAnswer.Found socket)
            throws ProcFs.TooManyDescriptors {
        if (!canBeHolder(pid, socket.user())) {
            return null;
        }
        OptionalLong start = proc.start(pid);
        return start.isPresent() && proc.holds(pid, socket.inode(), MAX_DESCRIPTORS)
                ? new Holder(candidate, pid, start.getAsLong(), proc.users(pid).contains(socket.user()))
                : null;
    }

    /** The owner of a process's directory is its effective user, or root when it may not be looked into: one cheap call. */
    private boolean canBeHolder(long pid, long user) {
        OptionalLong owner = proc.owner(pid);
        if (owner.isEmpty()) {
            return false;
        }
        if (owner.getAsLong() == user || owner.getAsLong() == ROOT) {
            return true;
        }
        var users = proc.users(pid);
        return users.contains(user) || users.contains(ROOT);
    }

    /**
     * Whether the holder still is what it was found to be. Closes two races: its pid was given to another process while we searched
     * (the start differs), and it was moved to another group after the group's processes were listed.
     */
    boolean stillHolds(Holder holder, SocketAnswer.Found socket) throws ProcFs.TooManyDescriptors {
        return proc.holds(holder.pid(), socket.inode(), MAX_DESCRIPTORS)
                && tree.contains(holder.container().id(), holder.pid(), proc)
                && proc.isAlive(holder.pid(), holder.startTicks());
    }
}
