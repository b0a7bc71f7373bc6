package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseId;
import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.plan.ManagedLease;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.mesos.TaskKey;
import io.mesosiam.policy.CredentialName;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.PVector;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

/**
 * The live leases, and the {@value #REMEMBERED} that ended last. Enforces the constraints of the table's unique
 * indexes: one live lease per launch and credential name, and one per container and credential name. Not thread-safe.
 */
final class LeaseIndex {
    private static final int REMEMBERED = 1000;

    /** By id. Persistent, as are {@link #ended} and {@link #byLaunch}: readers of a snapshot don't need the owner's lock. */
    private PSortedMap<LeaseId, ManagedLease> live = TreePMap.empty();

    private PMap<Launch, Map<CredentialName, LeaseId>> byLaunch = HashTreePMap.empty();

    /** The launches that have leases. Nearly every task has one: an immutable set needs less memory. */
    private final Map<TaskKey, Set<Launch>> byTask = new HashMap<>();

    private final Map<MesosAgentId, Set<LeaseId>> byHost = new HashMap<>();
    private final Map<Place, Map<CredentialName, LeaseId>> byPlace = new HashMap<>();

    /** By the hash of the identity. Most have one lease: an immutable set needs less memory. */
    private final Map<String, Set<LeaseId>> byIdentity = new HashMap<>();

    private PVector<Lease> ended = TreePVector.empty();

    /** Where bound leases are served. */
    private record Place(MesosAgentId host, ContainerId container) {
        static Optional<Place> of(Lease lease) {
            return lease.container().map(container -> new Place(lease.host(), container));
        }
    }

    /**
     * Adds a lease, or replaces the lease with the same id.
     *
     * @return false, without a change, if the lease is not live or another lease has its key or its place
     */
    boolean put(ManagedLease kept) {
        Lease lease = kept.lease();
        Optional<LeaseId> other = Stream.concat(
                        find(lease.key()).map(found -> found.lease().id()).stream(),
                        Place.of(lease).map(place -> at(place).get(lease.name())).stream())
                .filter(id -> !id.equals(lease.id()))
                .findFirst();
        if (!lease.isLive() || other.isPresent()) {
            return false;
        }
        identify(lease, live.get(lease.id()));
        live = live.plus(lease.id(), kept);
        name(lease);
        byHost.computeIfAbsent(lease.host(), _ -> new LinkedHashSet<>()).add(lease.id());
        Place.of(lease).ifPresent(place -> byPlace.computeIfAbsent(place, _ -> new LinkedHashMap<>())
                .put(lease.name(), lease.id()));
        return true;
    }

    private void identify(Lease lease, @Nullable ManagedLease before) {
        if (before == null || !before.lease().identityHash().equals(lease.identityHash())) {
            if (before != null) {
                forgetIdentity(before.lease());
            }
            byIdentity.merge(lease.identityHash(), Set.of(lease.id()), (some, one) -> {
                Set<LeaseId> all = some.size() == 1 ? new LinkedHashSet<>(some) : some;
                all.addAll(one);
                return all;
            });
        }
    }

    private void forgetIdentity(Lease lease) {
        byIdentity.computeIfPresent(lease.identityHash(), (_, ids) -> {
            if (ids.size() == 1) {
                return null;
            }
            ids.remove(lease.id());
            return ids;
        });
    }

    private Map<CredentialName, LeaseId> at(Place place) {
        return byPlace.getOrDefault(place, Map.of());
    }

    private void name(Lease lease) {
        Map<CredentialName, LeaseId> known = byLaunch.getOrDefault(lease.launch(), Map.of());
        byTask.merge(lease.launch().key(), Set.of(lease.launch()), LeaseIndex::union);
        if (!lease.id().equals(known.get(lease.name()))) {
            Map<CredentialName, LeaseId> names = new HashMap<>(known);
            names.put(lease.name(), lease.id());
            byLaunch = byLaunch.plus(lease.launch(), Map.copyOf(names));
        }
    }

    private static Set<Launch> union(Set<Launch> some, Set<Launch> one) {
        if (some.containsAll(one)) {
            return some;
        }
        Set<Launch> all = new LinkedHashSet<>(some);
        all.addAll(one);
        return all;
    }

    private static @Nullable Set<Launch> without(Set<Launch> launches, Launch launch) {
        Set<Launch> rest = new LinkedHashSet<>(launches);
        rest.remove(launch);
        return rest.isEmpty() ? null : rest;
    }

    /**
     * Replaces a lease by its next state.
     *
     * @throws IllegalStateException if another lease has its place
     */
    void replace(ManagedLease kept) {
        if (!put(kept)) {
            throw new IllegalStateException("lease " + kept.lease().id() + " conflicts with another live lease");
        }
    }

    /** Removes a lease and remembers how it ended. */
    void end(Lease reaped) {
        remove(reaped.id());
        ended = ended.plus(reaped);
        if (ended.size() > REMEMBERED) {
            ended = ended.minus(0);
        }
    }

    /** Forgets a lease that another controller owns. */
    void remove(LeaseId id) {
        ManagedLease kept = live.get(id);
        if (kept == null) {
            return;
        }
        live = live.minus(id);
        Lease lease = kept.lease();
        forgetIdentity(lease);
        Map<CredentialName, LeaseId> names = new HashMap<>(byLaunch.getOrDefault(lease.launch(), Map.of()));
        names.remove(lease.name());
        byLaunch = names.isEmpty() ? byLaunch.minus(lease.launch()) : byLaunch.plus(lease.launch(), Map.copyOf(names));
        if (names.isEmpty()) {
            byTask.computeIfPresent(lease.launch().key(), (_, launches) -> without(launches, lease.launch()));
        }
        byHost.computeIfPresent(lease.host(), (_, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
        Place.of(lease)
                .ifPresent(place -> byPlace.computeIfPresent(place, (_, served) -> {
                    served.remove(lease.name());
                    return served.isEmpty() ? null : served;
                }));
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

    /** The leases of all launches of the task. */
    Stream<ManagedLease> ofTask(TaskKey task) {
        return byTask.getOrDefault(task, Set.of()).stream().flatMap(launch -> of(launch).values().stream());
    }

    List<ManagedLease> on(MesosAgentId host) {
        return byHost.getOrDefault(host, Set.of()).stream().map(this::require).toList();
    }

    int countOn(MesosAgentId host) {
        return byHost.getOrDefault(host, Set.of()).size();
    }

    /** The containers on that host that leases are bound to. */
    Set<ContainerId> containersOn(MesosAgentId host) {
        return on(host).stream()
                .flatMap(kept -> kept.lease().container().stream())
                .collect(Collectors.toSet());
    }

    /** The leases that are bound to that container. */
    List<ManagedLease> in(MesosAgentId host, ContainerId container) {
        return at(new Place(host, container)).values().stream()
                .map(this::require)
                .toList();
    }

    List<ManagedLease> withIdentity(String hash) {
        return byIdentity.getOrDefault(hash, Set.of()).stream()
                .map(this::require)
                .toList();
    }

    /** The hashes of the identities of the live leases: a view. */
    Set<String> identities() {
        return byIdentity.keySet();
    }

    Set<Launch> launches() {
        return byLaunch.keySet();
    }

    int size() {
        return live.size();
    }

    /** The live leases, by id. */
    PSortedMap<LeaseId, ManagedLease> live() {
        return live;
    }

    /** The ids of the live leases by launch. */
    PMap<Launch, Map<CredentialName, LeaseId>> byLaunch() {
        return byLaunch;
    }

    /** The leases that ended last. */
    PVector<Lease> ended() {
        return ended;
    }

    private ManagedLease require(LeaseId id) {
        return Optional.ofNullable(live.get(id)).orElseThrow();
    }
}
