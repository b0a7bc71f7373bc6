package io.mesosiam.agent.attest;

import io.mesosiam.agent.cgroup.CgroupTree;
import io.mesosiam.agent.cgroup.CgroupVersion;
import io.mesosiam.agent.proc.DescriptorSearch;
import io.mesosiam.agent.proc.ProcFs;
import io.mesosiam.pause.Deadline;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Identifies the container that a socket belongs to. */
final class SocketOwners {
    private final CgroupVersion version;
    private final CgroupTree tree;
    private final ProcFs proc;
    private final SocketHolders holders;
    private final RecentHolders recently = new RecentHolders();

    SocketOwners(CgroupVersion version, CgroupTree tree, ProcFs proc) {
        this.version = version;
        this.tree = tree;
        this.proc = proc;
        this.holders = new SocketHolders(tree, proc);
    }

    Attestation of(SocketFinder.Located at, HostView view, Deadline deadline) {
        if (at.socket().cgroup().isPresent()) {
            return byGroup(at.socket().cgroup().getAsLong(), view);
        }
        if (!at.onHost() && at.members().size() == 1) {
            ObservedContainer only = at.members().getFirst();
            // nested containers may share their parent's namespace, and one may have started since the last scan.
            // Nothing else joins a namespace that Mesos made
            if (!tree.mayShareNetwork(only.group())) {
                return alive(only, "address");
            }
        }
        return at.lookup()
                .makers()
                .<Attestation>map(makers -> unrecorded(at.socket(), makers))
                .orElseGet(() -> byHolder(at, view, deadline));
    }

    private static Attestation unrecorded(SocketAnswer.Found socket, SocketMakers makers) {
        return new Attestation.Unrecorded(
                "the kernel did not record who made the caller's socket, user " + socket.user() + ", inode "
                        + socket.inode()
                        + ": it is one of MPTCP, is older than the recording, was made while the table was full, or is in a"
                        + " network that can't be entered",
                makers.missedSomeLately());
    }

    /**
     * The container that made the socket, if the kernel reports or has recorded it. It may have ended: whether it is alive
     * is checked at each request, and a process that is alive then was alive at the look-up.
     */
    Optional<Attestation.Attested> makerOf(SocketAnswer.Found socket, HostView view) {
        return socket.cgroup().isPresent()
                ? view.containerOfGroup(socket.cgroup().getAsLong())
                        .map(made -> new Attestation.Attested(made.container(), byMaker()))
                : Optional.empty();
    }

    /** Whether a container is alive; false too if that can't be decided without reading files. */
    boolean isHeldAlive(Container container, HostView view) {
        return seen(container, view).filter(this::isHeldAlive).isPresent();
    }

    /** Whether a container is alive; may read files. */
    boolean isAlive(Container container, HostView view) {
        return seen(container, view)
                .filter(seen -> proc.isAlive(seen.firstPid(), container.startTicks()))
                .isPresent();
    }

    /** The same container in the last scan, not another one with its id. */
    private static Optional<ObservedContainer> seen(Container container, HostView view) {
        return view.container(container.id()).filter(seen -> seen.container().equals(container));
    }

    private boolean isHeldAlive(ObservedContainer seen) {
        return proc.isHeldAlive(seen.firstPid(), seen.container().startTicks());
    }

    private String byMaker() {
        return switch (version) {
            case V1 -> "socket-maker";
            case V2 -> "cgroup-v2";
        };
    }

    /** By the cgroup of the socket's creator, which the kernel reports or has recorded. It is exact, so it decides alone. */
    private Attestation byGroup(long inode, HostView view) {
        return view.containerOfGroup(inode)
                .map(made -> alive(made, byMaker()))
                .orElseGet(() -> view.isWaiting(inode)
                        ? waiting()
                        : new Attestation.NoContainer(
                                "the socket was created by a process outside of Mesos's containers, cgroup inode "
                                        + inode));
    }

    /** The caller's container is known, but not included in the view yet. */
    static Attestation waiting() {
        return new Attestation.Unknown("the caller's container waits, too many started beside it");
    }

    private Attestation byHolder(SocketFinder.Located at, HostView view, Deadline deadline) {
        try {
            Optional<SocketHolders.Holder> recent = recently.holder(at)
                    .filter(holder -> view.isWaiting(holder.container().container())
                            || view.container(holder.container().id())
                                    .filter(holder.container()::equals)
                                    .isPresent());
            if (recent.isPresent() && holders.stillHolds(recent.get(), at.socket())) {
                return held(recent.get(), at, view);
            }
            SocketHolders.Found found = holders(at, view, deadline);
            boolean still = found.holders().size() != 1
                    || holders.stillHolds(found.holders().getFirst(), at.socket());
            // excludes that the socket was closed and another one got its ends during the search
            if (!at.isStillThere(deadline)) {
                return new Attestation.Unknown("the caller's socket is gone");
            }
            return byHolders(at, view, found, still);
        } catch (DescriptorSearch.Incomplete e) {
            return new Attestation.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The holders of the socket. The class only determines where to search first: a process without a class can choose
     * a priority, which the kernel then reports instead.
     */
    private SocketHolders.Found holders(SocketFinder.Located at, HostView view, Deadline deadline)
            throws DescriptorSearch.Incomplete {
        SocketHolders.Found classed = holders.in(ofItsClass(at, view), at.socket(), deadline);
        return classed.holders().isEmpty() ? holders.in(candidates(at, view), at.socket(), deadline) : classed;
    }

    /** Containers that wait can hold the socket, too: it then proves no other one. */
    private static List<ObservedContainer> candidates(SocketFinder.Located at, HostView view) {
        return Stream.concat(at.members().stream(), view.waitingIn(at).stream()).toList();
    }

    private static List<ObservedContainer> ofItsClass(SocketFinder.Located at, HostView view) {
        OptionalLong netClass = at.socket().netClass();
        return netClass.isPresent() ? view.ofClass(netClass.getAsLong()) : List.of();
    }

    private Attestation byHolders(SocketFinder.Located at, HostView view, SocketHolders.Found found, boolean still) {
        return switch (found.holders().size()) {
            case 0 -> heldByNone(at, found.unread());
            case 1 -> {
                SocketHolders.Holder holder = found.holders().getFirst();
                if (!holder.isCreator()) {
                    yield new Attestation.Ambiguous("the caller's socket was created by user "
                            + at.socket().user() + ", which is not the user of its holder, process " + holder.pid());
                }
                if (!still) {
                    yield new Attestation.Unknown("process " + holder.pid() + " changed during attestation");
                }
                recently.found(at, holder);
                yield held(holder, at, view);
            }
            default ->
                new Attestation.Ambiguous("several containers hold the caller's socket: "
                        + String.join(
                                ", ",
                                found.holders().stream()
                                        .map(h -> h.container().id())
                                        .sorted()
                                        .toList()));
        };
    }

    /** A process that could not be read may hold the socket, so the caller may be in its container. */
    private static Attestation heldByNone(SocketFinder.Located at, OptionalLong unread) {
        return unread.isPresent()
                ? new Attestation.Unknown("not all threads of process " + unread.getAsLong() + " have been read yet")
                : new Attestation.NoContainer("no container of Mesos's holds the caller's socket, inode "
                        + at.socket().inode());
    }

    private Attestation held(SocketHolders.Holder holder, SocketFinder.Located at, HostView view) {
        if (view.isWaiting(holder.container().container())) {
            return waiting();
        }
        return alive(
                holder.container(),
                switch (version) {
                    case V1 -> ofItsClass(at, view).equals(List.of(holder.container())) ? "net_cls" : "freezer";
                    case V2 -> "cgroup-v2-process";
                });
    }

    /**
     * The attested container, if it is alive. This is checked last: a container that is alive with its old start was
     * alive during all reads.
     */
    private Attestation alive(ObservedContainer seen, String by) {
        return proc.isAlive(seen.firstPid(), seen.container().startTicks())
                ? new Attestation.Attested(seen.container(), by)
                : new Attestation.Unknown("container " + seen.id() + " has ended, or is not known to be alive");
    }
}
