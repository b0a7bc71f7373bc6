package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The live leases, and the last few that ended. Holds what the table's unique indexes hold: one live lease per launch and
 * credential name, and per container and credential name. Not for several threads at once.
 */
final class LeaseIndex {
    private static final int REMEMBERED = 1000;

    private final Map<LeaseId, ManagedLease> live = new LinkedHashMap<>();
    private final Map<Launch, Map<CredentialName, LeaseId>> byLaunch = new HashMap<>();
    private final Map<MesosAgentId, Set<LeaseId>> byHost = new HashMap<>();
    private final Map<Place, LeaseId> byPlace = new HashMap<>();
    private final Deque<Lease> ended = new ArrayDeque<>();

    /** Where a bound lease is served: there is one at most. */
    private record Place(MesosAgentId host, ContainerId container, CredentialName name) {
        static Optional<Place> of(Lease lease) {
            return lease.container().map(container -> new Place(lease.host(), container, lease.name()));
        }
    }

    /**
     * Adds a lease, or replaces the one with its id.
     *
     * @return false, and nothing changed, if its key or its place is another lease's
     */
    boolean put(ManagedLease kept) {
        Lease lease = kept.lease();
        Optional<LeaseId> other = Stream.concat(
                        find(lease.key()).map(found -> found.lease().id()).stream(),
                        Place.of(lease).map(byPlace::get).stream())
                .filter(id -> !id.equals(lease.id()))
                .findFirst();
        if (!lease.isLive() || other.isPresent()) {
            return false;
        }
        live.put(lease.id(), kept);
        byLaunch.computeIfAbsent(lease.launch(), _ -> new HashMap<>()).put(lease.name(), lease.id());
        byHost.computeIfAbsent(lease.host(), _ -> new LinkedHashSet<>()).add(lease.id());
        Place.of(lease).ifPresent(place -> byPlace.put(place, lease.id()));
        return true;
    }

    /**
     * Replaces a lease by what became of it.
     *
     * @throws IllegalStateException if its place is another lease's
     */
    void replace(ManagedLease kept) {
        if (!put(kept)) {
            throw new IllegalStateException("lease " + kept.lease().id() + " is in the way of another");
        }
    }

    /** Takes a lease out and remembers how it ended. */
    void end(Lease reaped) {
        remove(reaped.id());
        ended.addLast(reaped);
        if (ended.size() > REMEMBERED) {
            ended.removeFirst();
        }
    }

    /** Forgets a lease that is another controller's business. */
    void remove(LeaseId id) {
        ManagedLease kept = live.remove(id);
        if (kept == null) {
            return;
        }
        Lease lease = kept.lease();
        byLaunch.computeIfPresent(lease.launch(), (_, names) -> {
            names.remove(lease.name());
            return names.isEmpty() ? null : names;
        });
        byHost.computeIfPresent(lease.host(), (_, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
        Place.of(lease).ifPresent(byPlace::remove);
    }

    Optional<ManagedLease> find(LeaseId id) {
        return Optional.ofNullable(live.get(id));
    }

    Optional<ManagedLease> find(LeaseKey key) {
        return Optional.ofNullable(of(key.launch()).get(key.name()));
    }

    Map<CredentialName, ManagedLease> of(Launch launch) {
        Map<CredentialName, ManagedLease> found = new HashMap<>();
        byLaunch.getOrDefault(launch, Map.of()).forEach((name, id) -> found.put(name, require(id)));
        return found;
    }

    List<ManagedLease> on(MesosAgentId host) {
        return byHost.getOrDefault(host, Set.of()).stream().map(this::require).toList();
    }

    /** The containers on that host that a lease is bound to. */
    Set<ContainerId> containersOn(MesosAgentId host) {
        return on(host).stream()
                .flatMap(kept -> kept.lease().container().stream())
                .collect(Collectors.toSet());
    }

    /** Those that are bound to that container. */
    List<ManagedLease> in(MesosAgentId host, ContainerId container) {
        return on(host).stream()
                .filter(kept -> kept.lease().container().equals(Optional.of(container)))
                .toList();
    }

    List<ManagedLease> asIdentity(String hash) {
        return live.values().stream()
                .filter(kept -> kept.lease().identityHash().equals(hash))
                .toList();
    }

    Set<String> identities() {
        return live.values().stream().map(kept -> kept.lease().identityHash()).collect(Collectors.toSet());
    }

    Set<Launch> launches() {
        return Set.copyOf(byLaunch.keySet());
    }

    int size() {
        return live.size();
    }

    /** The live ones, oldest first, then those that ended lately. */
    List<Lease> snapshot() {
        return Stream.concat(live.values().stream().map(ManagedLease::lease), ended.stream())
                .toList();
    }

    private ManagedLease require(LeaseId id) {
        return Optional.ofNullable(live.get(id)).orElseThrow();
    }
}
