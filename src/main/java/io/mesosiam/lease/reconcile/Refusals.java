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
import java.util.Set;
import java.util.function.Predicate;
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
        MesosAgentId host = host(refusal);
        Launch launch = refusal.key().launch();
        PMap<Launch, Map<CredentialName, Refusal>> launches = byHost.getOrDefault(host, HashTreePMap.empty());
        Map<CredentialName, Refusal> names = new HashMap<>(launches.getOrDefault(launch, Map.of()));
        names.put(refusal.key().name(), refusal);
        byHost = byHost.plus(host, launches.plus(launch, Collections.unmodifiableMap(names)));
        index(refusal);
    }

    private void index(Refusal refusal) {
        byContainer
                .computeIfAbsent(host(refusal), _ -> new HashMap<>())
                .computeIfAbsent(refusal.container(), _ -> new HashSet<>())
                .add(refusal.key().launch());
    }

    void remove(Refusal refusal) {
        forget(host(refusal), refusal::equals);
    }

    /** Forgets the refusals of containers that have ended. */
    void forget(MesosAgentId host, Collection<ContainerId> containers) {
        forget(host, refusal -> containers.contains(refusal.container()));
    }

    /** Forgets the refusals of all containers of the host except these. */
    void retain(MesosAgentId host, Collection<ContainerId> containers) {
        forget(host, refusal -> !containers.contains(refusal.container()));
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

    private void forget(MesosAgentId host, Predicate<Refusal> which) {
        PMap<Launch, Map<CredentialName, Refusal>> launches = byHost.getOrDefault(host, HashTreePMap.empty());
        for (Refusal refusal : refusals(launches).filter(which).toList()) {
            Launch launch = refusal.key().launch();
            Map<CredentialName, Refusal> names = new HashMap<>(launches.getOrDefault(launch, Map.of()));
            names.remove(refusal.key().name());
            launches = names.isEmpty()
                    ? launches.minus(launch)
                    : launches.plus(launch, Collections.unmodifiableMap(names));
        }
        byHost = launches.isEmpty() ? byHost.minus(host) : byHost.plus(host, launches);
        byContainer.remove(host);
        on(host).forEach(this::index);
    }

    private static MesosAgentId host(Refusal refusal) {
        return refusal.key().launch().key().agent();
    }
}
