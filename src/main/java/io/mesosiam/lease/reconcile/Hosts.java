package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HeldLease;
import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.Ownership;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.ReportedContainer;
import io.mesosiam.mesos.Task;
import io.mesosiam.policy.CredentialName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What each host's agent reports about its containers. Not thread-safe.
 *
 * <p>Reports are kept while the agent is connected. The channel closes the stream of a host that reports more
 * containers than a host can run ({@link #load}).
 */
final class Hosts {
    /** Maximum number of containers of one host that have requested credentials. */
    static final int MAX_ASKING = 4096;

    /**
     * Maximum number of those containers that the host has not reported yet: an ask message can precede the container's
     * report.
     */
    static final int MAX_UNREPORTED = 256;

    private final Map<MesosAgentId, Host> hosts = new HashMap<>();

    /** Hosts that were claimed, and not connected since, of which another controller may have changed the leases. */
    private final Set<MesosAgentId> takenOver = new HashSet<>();

    /** Sessions of containers without a known task that hosts' agents retain. There are seldom any. */
    private final Map<MesosAgentId, List<HeldLease>> retaining = new HashMap<>();

    /** The containers that run on each connected host. */
    private PMap<MesosAgentId, PMap<ContainerId, ReportedContainer>> alive = HashTreePMap.empty();

    private static final class Host {
        private boolean connected;
        private long epoch;

        /** The first of the consecutive epochs whose entries, if all were written, make the rows what is remembered here. */
        private long since;

        /** The epoch that was sent to the agent. A claim that is recorded later changes only {@link #epoch}. */
        private long sent;

        /** Whether entries under one of these epochs were dropped: the rows are not what is remembered here. */
        private boolean dropped;

        private final Map<ContainerId, ReportedContainer> running = new HashMap<>();

        /** Total length of the texts in {@link #running}, in characters. */
        private long characters;

        /** The start of each container by its first report. A different start means a different container. */
        private final Map<ContainerId, Long> firstStarts = new HashMap<>();

        /** The running containers whose start is that of their first report. */
        private PMap<ContainerId, ReportedContainer> alive = HashTreePMap.empty();

        private final RequestedNames requests = new RequestedNames();

        /** The containers in {@link #requests} that the agent has not reported. */
        private final Set<ContainerId> unreported = new HashSet<>();

        private final Map<LeaseId, NotServed> notServed = new HashMap<>();

        void run(Map<ContainerId, ReportedContainer> containers) {
            containers.forEach((container, reported) -> {
                forget(container);
                running.put(container, reported);
                characters += HostLoad.characters(container, reported);
                unreported.remove(container);
                Long first = firstStarts.putIfAbsent(container, reported.start());
                alive = first == null || first == reported.start()
                        ? alive.plus(container, reported)
                        : alive.minus(container);
            });
        }

        private void forget(ContainerId container) {
            ReportedContainer reported = running.remove(container);
            if (reported != null) {
                characters -= HostLoad.characters(container, reported);
            }
        }

        void end(Set<ContainerId> containers) {
            for (ContainerId container : containers) {
                forget(container);
                firstStarts.remove(container);
                alive = alive.minus(container);
                requests.remove(container);
                unreported.remove(container);
            }
        }

        void forgetReports() {
            running.clear();
            characters = 0;
            alive = HashTreePMap.empty();
            requests.clear();
            unreported.clear();
        }

        /** Each epoch is one controller's, apart from 0: that of all which have never claimed the host. */
        boolean wasSent(long servedUnder) {
            return sent != 0 && sent == servedUnder;
        }

        boolean hasRoomFor(ContainerId container) {
            if (requests.isOf(container)) {
                return true;
            }
            boolean expected = running.containsKey(container) || unreported.size() < MAX_UNREPORTED;
            return expected && requests.containers() < MAX_ASKING;
        }
    }

    private record NotServed(long revision, String reason) {}

    /**
     * Records a claim of a host before its rows are read. A controller that restarts and finds its own hosts takes
     * nothing over.
     *
     * @return whether no other controller can have changed the host's leases since its agent was last connected here
     */
    boolean claimed(MesosAgentId id, Ownership ownership) {
        boolean ours = isContinuedBy(id, ownership);
        if (!ours && (hosts.containsKey(id) || !ownership.continued())) {
            takenOver.add(id);
        }
        return ours;
    }

    /**
     * Whether the host's agent was last connected here. By a claim that is recorded, it was if its epoch follows. Other
     * controllers can have recorded claims since the epoch of a provisional one: then the agent has their epochs.
     */
    boolean isContinuedBy(MesosAgentId id, Ownership ownership) {
        Host known = hosts.get(id);
        return known != null
                && !known.dropped
                && (known.epoch == ownership.epoch() || known.epoch == ownership.epoch() - 1)
                && (ownership.servedUnder().isEmpty()
                        || known.wasSent(ownership.servedUnder().getAsLong()));
    }

    /** Whether another controller may have owned the host before the claims since its agent was last connected here. */
    boolean isTakenOver(MesosAgentId id) {
        return takenOver.contains(id);
    }

    /** @param continued whether what is remembered of the host's leases is continued, instead of replaced by its rows */
    void connect(MesosAgentId id, long epoch, Map<ContainerId, ReportedContainer> running, boolean continued) {
        takenOver.remove(id);
        retaining.remove(id);
        Host known = hosts.get(id);
        Host host = known == null ? new Host() : known;
        hosts.put(id, host);
        if (known == null || !continued) {
            host.since = epoch;
        }
        host.connected = true;
        host.epoch = epoch;
        host.sent = epoch;
        host.dropped = false;
        host.forgetReports();
        host.firstStarts.keySet().retainAll(running.keySet());
        host.run(running);
        host.notServed.clear();
        publish(id, host);
    }

    /** Records the sessions that the agent of a connected host retains, until it connects again, here or elsewhere. */
    void retain(MesosAgentId id, List<HeldLease> sessions) {
        if (!sessions.isEmpty()) {
            retaining.put(id, List.copyOf(sessions));
        }
    }

    /** The leases of the sessions that the host's agent retains since it was last connected here. */
    Set<LeaseId> retained(MesosAgentId id) {
        return retaining.getOrDefault(id, List.of()).stream()
                .map(HeldLease::lease)
                .collect(Collectors.toSet());
    }

    /**
     * The connected hosts that retain a session for which the condition holds, with their epochs.
     *
     * @param among the hosts that are examined
     */
    Map<MesosAgentId, Long> retaining(
            Predicate<MesosAgentId> among, Function<MesosAgentId, Predicate<HeldLease>> condition) {
        Map<MesosAgentId, Long> found = new HashMap<>();
        retaining.forEach((id, sessions) -> {
            OptionalLong epoch = epoch(id);
            if (epoch.isPresent() && among.test(id) && sessions.stream().anyMatch(condition.apply(id))) {
                found.put(id, epoch.getAsLong());
            }
        });
        return found;
    }

    private void publish(MesosAgentId id, Host host) {
        alive = host.connected ? alive.plus(id, host.alive) : alive.minus(id);
    }

    /**
     * Changes the epoch of a connected stream.
     *
     * @return whether the stream of the epoch {@code before} is connected
     */
    boolean renumber(MesosAgentId id, long before, long epoch) {
        Host host = hosts.get(id);
        if (host == null || !host.connected || host.epoch != before) {
            return false;
        }
        host.epoch = epoch;
        return true;
    }

    /**
     * Forgets what the host reported. The first starts of {@code leased} containers are kept: a container that is
     * reported again with another start is a different one. The end of a stream also ends the older ones, even if the
     * state that it carries was never readable; it changes nothing while a newer stream is connected.
     *
     * @return whether a stream was connected before and none is connected now
     */
    boolean disconnect(MesosAgentId id, long epoch, Set<ContainerId> leased) {
        Host host = hosts.get(id);
        if (host == null || host.epoch > epoch || !host.connected) {
            return false;
        }
        host.connected = false;
        host.forgetReports();
        host.firstStarts.keySet().retainAll(leased);
        publish(id, host);
        return true;
    }

    /**
     * Forgets requests of containers that were never reported, first starts that no lease of a disconnected host needs,
     * hosts that are neither connected nor in {@code kept}, and claims of hosts that are not in {@code kept}.
     */
    void prune(Set<MesosAgentId> kept, Function<MesosAgentId, Set<ContainerId>> leased) {
        takenOver.retainAll(kept);
        hosts.entrySet().removeIf(entry -> !entry.getValue().connected && !kept.contains(entry.getKey()));
        retaining.keySet().retainAll(hosts.keySet());
        hosts.forEach((id, host) -> {
            host.requests.retain(host.running.keySet());
            host.unreported.clear();
            if (!host.connected) {
                host.firstStarts.keySet().retainAll(leased.apply(id));
            }
        });
    }

    HostLoad load(MesosAgentId id) {
        Host host = hosts.get(id);
        return host == null ? new HostLoad(0, 0) : new HostLoad(host.running.size(), host.characters);
    }

    /**
     * Forgets a host of which an entry under that epoch was dropped, because another controller has claimed it since. The
     * notice can arrive after a newer claim that continues what is remembered. A host that is not connected is not forgotten,
     * but what is remembered of it isn't continued: its rows don't have what was dropped.
     *
     * @return the epoch of the host's stream; empty if it has none, or its rows were read since
     */
    OptionalLong lose(MesosAgentId id, long epoch) {
        Host known = hosts.get(id);
        if (known == null || epoch < known.since || known.epoch < epoch) {
            return OptionalLong.empty();
        }
        known.dropped = true;
        OptionalLong lost = epoch(id);
        if (lost.isPresent()) {
            hosts.remove(id);
            alive = alive.minus(id);
            retaining.remove(id);
        }
        return lost;
    }

    void started(MesosAgentId id, Map<ContainerId, ReportedContainer> containers) {
        Host host = hosts.get(id);
        if (host != null && host.connected) {
            host.run(containers);
            publish(id, host);
        }
    }

    void ended(MesosAgentId id, Set<ContainerId> containers) {
        Host host = hosts.get(id);
        if (host != null) {
            host.end(containers);
            publish(id, host);
        }
    }

    /**
     * Records a requested credential name, within limits: {@link RequestedNames}.
     */
    void asked(MesosAgentId id, ContainerId container, CredentialName name) {
        Host host = hosts.get(id);
        if (host != null && host.connected && host.hasRoomFor(container)) {
            if (!host.running.containsKey(container)) {
                host.unreported.add(container);
            }
            host.requests.add(container, name);
        }
    }

    /**
     * Records that the agent doesn't serve a lease. Bounded, although only live leases are recorded: entries of ended
     * leases are removed when the host connects again.
     */
    void notServed(MesosAgentId id, LeaseId lease, long revision, String reason) {
        Host host = hosts.get(id);
        if (host != null && (host.notServed.containsKey(lease) || host.notServed.size() < MAX_ASKING)) {
            host.notServed.put(lease, new NotServed(revision, reason));
        }
    }

    /** Why the host's agent doesn't serve that revision of a lease; empty if it reported no reason. */
    Optional<String> notServed(MesosAgentId id, LeaseId lease, long revision) {
        return Optional.ofNullable(hosts.get(id))
                .map(host -> host.notServed.get(lease))
                .filter(seen -> seen.revision() == revision)
                .map(NotServed::reason);
    }

    Set<CredentialName> requests(MesosAgentId id, ContainerId container) {
        Host host = hosts.get(id);
        return host == null ? Set.of() : Set.copyOf(host.requests.of(container));
    }

    /** The epoch of the host's stream, if the stream is connected to this controller. */
    OptionalLong epoch(MesosAgentId id) {
        Host host = hosts.get(id);
        return host != null && host.connected ? OptionalLong.of(host.epoch) : OptionalLong.empty();
    }

    boolean isConnected(MesosAgentId id) {
        return epoch(id).isPresent();
    }

    /** Whether the agent is connected and reports the container with the same start as in its first report. */
    boolean isAlive(MesosAgentId id, ContainerId container) {
        PMap<ContainerId, ReportedContainer> containers = alive.get(id);
        return containers != null && containers.containsKey(container);
    }

    /** Whether the host's agent is connected and reports the task's container as launched for another executor. */
    boolean isOfAnotherExecutor(Task task) {
        Host host = hosts.get(task.key().agent());
        return host != null
                && task.container()
                        .map(host.running::get)
                        .filter(reported -> !reported.mayRun(task))
                        .isPresent();
    }

    /** Whether the host's agent is connected and reports the container as one in which the task can run. */
    boolean mayRun(Task task, ContainerId container) {
        return Optional.ofNullable(hosts.get(task.key().agent()))
                .map(host -> host.running.get(container))
                .filter(reported -> reported.mayRun(task))
                .isPresent();
    }

    /** The containers for which {@link #isAlive} is true, by connected host. */
    PMap<MesosAgentId, PMap<ContainerId, ReportedContainer>> running() {
        return alive;
    }

    int connected() {
        return (int) hosts.values().stream().filter(host -> host.connected).count();
    }
}
