package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** What the hosts' agents say of themselves and their containers. Not for several threads at once. */
final class Hosts {
    private static final int MAX_NAMES = 16;
    private static final int MAX_ASKING = 4096;

    private final Map<MesosAgentId, Host> hosts = new HashMap<>();

    private static final class Host {
        private boolean connected;
        private long epoch;
        private Map<ContainerId, Long> running = new HashMap<>();

        /** When each container started by the first report of it: another start is another container. */
        private final Map<ContainerId, Long> firstStarts = new HashMap<>();

        private final Map<ContainerId, Set<CredentialName>> asks = new HashMap<>();
    }

    /** Whether no other controller can have changed that host's leases since its agent was last connected here. */
    boolean isOurs(MesosAgentId host, long epoch) {
        Host known = hosts.get(host);
        return known != null && (known.epoch == epoch || known.epoch == epoch - 1);
    }

    void connect(MesosAgentId id, long epoch, Map<ContainerId, Long> running) {
        Host host = hosts.computeIfAbsent(id, _ -> new Host());
        host.connected = true;
        host.epoch = epoch;
        host.running = new HashMap<>(running);
        running.forEach(host.firstStarts::putIfAbsent);
        host.firstStarts.keySet().retainAll(running.keySet());
        host.asks.keySet().retainAll(running.keySet());
    }

    /** {@return whether it was that stream that was connected} */
    boolean disconnect(MesosAgentId id, long epoch) {
        Host host = hosts.get(id);
        if (host == null || host.epoch != epoch || !host.connected) {
            return false;
        }
        host.connected = false;
        return true;
    }

    /** The host is another controller's. */
    boolean lose(MesosAgentId id, long epoch) {
        return epoch(id).equals(OptionalLong.of(epoch)) && hosts.remove(id) != null;
    }

    void started(MesosAgentId id, Map<ContainerId, Long> containers) {
        Host host = hosts.get(id);
        if (host != null) {
            host.running.putAll(containers);
            containers.forEach(host.firstStarts::putIfAbsent);
        }
    }

    void ended(MesosAgentId id, Set<ContainerId> containers) {
        Host host = hosts.get(id);
        if (host != null) {
            host.running.keySet().removeAll(containers);
            host.firstStarts.keySet().removeAll(containers);
            host.asks.keySet().removeAll(containers);
        }
    }

    /** Bounded, since the names come from tasks: what is over the bound is not heard. */
    void asked(MesosAgentId id, ContainerId container, CredentialName name) {
        Host host = hosts.get(id);
        if (host != null && (host.asks.containsKey(container) || host.asks.size() < MAX_ASKING)) {
            Set<CredentialName> names = host.asks.computeIfAbsent(container, _ -> new HashSet<>());
            if (names.size() < MAX_NAMES) {
                names.add(name);
            }
        }
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
