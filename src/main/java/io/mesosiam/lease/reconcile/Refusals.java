package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.Refusal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The refusals that containers receive instead of credentials. Not thread-safe; the collection is persistent, so readers of a
 * snapshot don't need the owner's lock.
 */
final class Refusals {
    private PMap<MesosAgentId, PMap<Launch, Map<CredentialName, Refusal>>> byHost = HashTreePMap.empty();

    /** The launches whose refusals are those of a container: a host can have tens of thousands. */
    private final Map<MesosAgentId, Map<ContainerId, Set<Launch>>> byContainer = new HashMap<>();

    void put(Refusal refusal) {
        Launch launch = refusal.key().launch();
        Map<CredentialName, Refusal> names = new HashMap<>(of(launch));
        Optional<Refusal> before = Optional.ofNullable(names.put(refusal.key().name(), refusal));
        set(launch, names);
        before.ifPresent(replaced -> unindex(replaced, names));
        byContainer
                .computeIfAbsent(host(refusal), _ -> new HashMap<>())
                .computeIfAbsent(refusal.container(), _ -> new HashSet<>())
                .add(launch);
    }

    void remove(Refusal refusal) {
        Launch launch = refusal.key().launch();
        Map<CredentialName, Refusal> names = new HashMap<>(of(launch));
        if (names.remove(refusal.key().name(), refusal)) {
            set(launch, names);
            unindex(refusal, names);
        }
    }

    private void set(Launch launch, Map<CredentialName, Refusal> names) {
        MesosAgentId host = launch.key().agent();
        PMap<Launch, Map<CredentialName, Refusal>> before = byHost.getOrDefault(host, HashTreePMap.empty());
        PMap<Launch, Map<CredentialName, Refusal>> launches =
                names.isEmpty() ? before.minus(launch) : before.plus(launch, Collections.unmodifiableMap(names));
        byHost = launches.isEmpty() ? byHost.minus(host) : byHost.plus(host, launches);
    }

    /**
     * Removes the launch of a former refusal from those of its container.
     *
     * @param names the refusals that the launch has now
     */
    private void unindex(Refusal former, Map<CredentialName, Refusal> names) {
        if (names.values().stream().noneMatch(left -> left.container().equals(former.container()))) {
            byContainer.computeIfPresent(host(former), (_, containers) -> {
                containers.computeIfPresent(former.container(), (_, launches) -> {
                    launches.remove(former.key().launch());
                    return launches.isEmpty() ? null : launches;
                });
                return containers.isEmpty() ? null : containers;
            });
        }
    }

    /** Forgets the refusals of containers that have ended. */
    void forget(MesosAgentId host, Collection<ContainerId> containers) {
        containers.forEach(container -> in(host, container).forEach(this::remove));
    }

    /** Forgets the refusals of all containers of the host except these. */
    void retain(MesosAgentId host, Collection<ContainerId> containers) {
        Set<ContainerId> gone =
                new HashSet<>(byContainer.getOrDefault(host, Map.of()).keySet());
        gone.removeIf(containers::contains);
        forget(host, gone);
    }

    /** Forgets the refusals of a host that another controller owns. */
    void forget(MesosAgentId host) {
        byHost = byHost.minus(host);
        byContainer.remove(host);
    }

    /**
     * Forgets the refusals of launches that are not in {@code known}.
     *
     * @return the forgotten refusals, which agents may still answer with
     */
    List<Refusal> prune(Set<Launch> known) {
        List<Refusal> unknown = all().stream()
                .filter(refusal -> !known.contains(refusal.key().launch()))
                .toList();
        unknown.forEach(this::remove);
        return unknown;
    }

    Map<CredentialName, Refusal> of(Launch launch) {
        return of(byHost, launch);
    }

    /** The refusals of a launch in a snapshot. */
    static Map<CredentialName, Refusal> of(
            PMap<MesosAgentId, PMap<Launch, Map<CredentialName, Refusal>>> snapshot, Launch launch) {
        PMap<Launch, Map<CredentialName, Refusal>> launches =
                snapshot.get(launch.key().agent());
        return launches == null ? Map.of() : launches.getOrDefault(launch, Map.of());
    }

    List<Refusal> on(MesosAgentId host) {
        return refusals(byHost.getOrDefault(host, HashTreePMap.empty())).toList();
    }

    /** The launches for which that container is refused a name. */
    Set<Launch> launchesIn(MesosAgentId host, ContainerId container) {
        return Set.copyOf(byContainer.getOrDefault(host, Map.of()).getOrDefault(container, Set.of()));
    }

    /** The refusals of that container. */
    List<Refusal> in(MesosAgentId host, ContainerId container) {
        return byContainer.getOrDefault(host, Map.of()).getOrDefault(container, Set.of()).stream()
                .flatMap(launch -> of(launch).values().stream())
                .filter(refusal -> refusal.container().equals(container))
                .toList();
    }

    /** Whether the container is refused that name in the same words already, for this or another one of its tasks. */
    boolean isAnswered(Refusal refusal) {
        return byContainer.getOrDefault(host(refusal), Map.of()).getOrDefault(refusal.container(), Set.of()).stream()
                .flatMap(
                        launch -> Stream.ofNullable(of(launch).get(refusal.key().name())))
                .anyMatch(other -> other.delivery().equals(refusal.delivery()));
    }

    List<Refusal> all() {
        return byHost.values().stream().flatMap(Refusals::refusals).toList();
    }

    /** By host and launch: an immutable snapshot. */
    PMap<MesosAgentId, PMap<Launch, Map<CredentialName, Refusal>>> byHost() {
        return byHost;
    }

    private static Stream<Refusal> refusals(Map<Launch, Map<CredentialName, Refusal>> launches) {
        return launches.values().stream().flatMap(names -> names.values().stream());
    }

    private static MesosAgentId host(Refusal refusal) {
        return refusal.key().launch().key().agent();
    }
}
