package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.HostLoad;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * What the hosts' agents report of themselves and their containers. Not for several threads at once.
 *
 * <p>A host's reports are kept while its agent is connected. The channel ends the stream of a host that reports more
 * containers than a host can run ({@link #load}).
 */
final class Hosts {
    /** Credential names of one container. */
    static final int MAX_NAMES = 16;

    /** Containers of one host that have asked. */
    static final int MAX_ASKING = 4096;

    /** Of these, containers that the host has not reported: an ask may overtake the report of its container. */
    static final int MAX_UNREPORTED = 256;

    private final Map<MesosAgentId, Host> hosts = new HashMap<>();

    private static final class Host {
        private boolean connected;
        private long epoch;
        private final Map<ContainerId, Long> running = new HashMap<>();

        /** The length of all ids in {@link #running}. */
        private long characters;

        /** When each container started by the first report of it: another start is another container. */
        private final Map<ContainerId, Long> firstStarts = new HashMap<>();

        private final Map<ContainerId, Set<CredentialName>> asks = new HashMap<>();
        private final Map<LeaseId, NotServed> notServed = new HashMap<>();

        void run(Map<ContainerId, Long> containers) {
            containers.forEach((container, start) -> {
                if (running.put(container, start) == null) {
                    characters += HostLoad.characters(container);
                }
                firstStarts.putIfAbsent(container, start);
            });
        }

        void end(Set<ContainerId> containers) {
            for (ContainerId container : containers) {
                if (running.remove(container) != null) {
                    characters -= HostLoad.characters(container);
                }
                firstStarts.remove(container);
                asks.remove(container);
            }
        }

        void forgetReports() {
            running.clear();
            characters = 0;
            asks.clear();
        }

        boolean hasRoomFor(ContainerId container) {
            if (asks.containsKey(container)) {
                return true;
            }
            boolean expected = running.containsKey(container) || unreported() < MAX_UNREPORTED;
            return expected && asks.size() < MAX_ASKING;
        }

        private long unreported() {
            return asks.keySet().stream()
                    .filter(container -> !running.containsKey(container))
                    .count();
        }
    }

    private record NotServed(long revision, String reason) {}

    /** Whether no other controller can have changed that host's leases since its agent was last connected here. */
    boolean isOurs(MesosAgentId host, long epoch) {
        Host known = hosts.get(host);
        return known != null && (known.epoch == epoch || known.epoch == epoch - 1);
    }

    void connect(MesosAgentId id, long epoch, Map<ContainerId, Long> running) {
        Host host = hosts.computeIfAbsent(id, _ -> new Host());
        host.connected = true;
        host.epoch = epoch;
        host.forgetReports();
        host.firstStarts.keySet().retainAll(running.keySet());
        host.run(running);
        host.notServed.clear();
    }

    /** {@return whether the stream of the epoch before is connected, and has the new epoch from now on} */
    boolean renumber(MesosAgentId id, long before, long epoch) {
        Host host = hosts.get(id);
        if (host == null || !host.connected || host.epoch != before) {
            return false;
        }
        host.epoch = epoch;
        return true;
    }

    /**
     * Forgets what the host reported. The first starts of {@code leased} containers stay: a container that comes back
     * with another start is another one. A stream that ends ended the older ones, also if its own state could never be read; it
     * changes nothing while a newer stream is connected.
     *
     * @return whether a stream was connected and none is now
     */
    boolean disconnect(MesosAgentId id, long epoch, Set<ContainerId> leased) {
        Host host = hosts.get(id);
        if (host == null || host.epoch > epoch || !host.connected) {
            return false;
        }
        host.connected = false;
        host.forgetReports();
        host.firstStarts.keySet().retainAll(leased);
        return true;
    }

    /**
     * Forgets asks of containers that were not reported since, first starts that no lease of a host that is not connected
     * needs, and hosts that are neither connected nor in {@code kept}.
     */
    void prune(Set<MesosAgentId> kept, Function<MesosAgentId, Set<ContainerId>> leased) {
        hosts.entrySet().removeIf(entry -> !entry.getValue().connected && !kept.contains(entry.getKey()));
        hosts.forEach((id, host) -> {
            host.asks.keySet().retainAll(host.running.keySet());
            if (!host.connected) {
                host.firstStarts.keySet().retainAll(leased.apply(id));
            }
        });
    }

    HostLoad load(MesosAgentId id) {
        Host host = hosts.get(id);
        return host == null ? new HostLoad(0, 0) : new HostLoad(host.running.size(), host.characters);
    }

    /** The host is another controller's. */
    boolean lose(MesosAgentId id, long epoch) {
        return epoch(id).equals(OptionalLong.of(epoch)) && hosts.remove(id) != null;
    }

    void started(MesosAgentId id, Map<ContainerId, Long> containers) {
        Host host = hosts.get(id);
        if (host != null && host.connected) {
            host.run(containers);
        }
    }

    void ended(MesosAgentId id, Set<ContainerId> containers) {
        Host host = hosts.get(id);
        if (host != null) {
            host.end(containers);
        }
    }

    /** An ask beyond the bounds is ignored: names and their number come from tasks, whose neighbours must not suffer. */
    void asked(MesosAgentId id, ContainerId container, CredentialName name) {
        Host host = hosts.get(id);
        if (host != null && host.connected && host.hasRoomFor(container)) {
            Set<CredentialName> names = host.asks.computeIfAbsent(container, _ -> new HashSet<>());
            if (names.size() < MAX_NAMES) {
                names.add(name);
            }
        }
    }

    /** Bounded, although only live leases get here: those that ended are forgotten when the host connects again. */
    void notServed(MesosAgentId id, LeaseId lease, long revision, String reason) {
        Host host = hosts.get(id);
        if (host != null && (host.notServed.containsKey(lease) || host.notServed.size() < MAX_ASKING)) {
            host.notServed.put(lease, new NotServed(revision, reason));
        }
    }

    /** Why the host's agent doesn't serve that revision of a lease; empty if it didn't say so. */
    Optional<String> notServed(MesosAgentId id, LeaseId lease, long revision) {
        return Optional.ofNullable(hosts.get(id))
                .map(host -> host.notServed.get(lease))
                .filter(seen -> seen.revision() == revision)
                .map(NotServed::reason);
    }

    Set<CredentialName> asks(MesosAgentId id, ContainerId container) {
        Host host = hosts.get(id);
        return host == null ? Set.of() : Set.copyOf(host.asks.getOrDefault(container, Set.of()));
    }

    /** The epoch of the host's stream, if that ends here. */
    OptionalLong epoch(MesosAgentId id) {
        Host host = hosts.get(id);
        return host != null && host.connected ? OptionalLong.of(host.epoch) : OptionalLong.empty();
    }

    boolean isConnected(MesosAgentId id) {
        return epoch(id).isPresent();
    }

    /** Whether its agent is connected and reports the container, running since when it was first reported. */
    boolean isAlive(MesosAgentId id, ContainerId container) {
        Host host = hosts.get(id);
        return host != null
                && host.connected
                && host.running.containsKey(container)
                && host.running.get(container).equals(host.firstStarts.get(container));
    }

    int connected() {
        return (int) hosts.values().stream().filter(host -> host.connected).count();
    }
}
