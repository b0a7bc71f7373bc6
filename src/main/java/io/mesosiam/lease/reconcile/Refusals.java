package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.mesos.MesosAgentId;
import io.mesosiam.policy.CredentialName;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** The refusals that containers receive instead of credentials. Not thread-safe. */
final class Refusals {
    private final Map<MesosAgentId, Map<LeaseKey, Refusal>> byHost = new HashMap<>();

    void put(Refusal refusal) {
        byHost.computeIfAbsent(host(refusal), _ -> new HashMap<>()).put(refusal.key(), refusal);
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
        byHost.remove(host);
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
        Map<CredentialName, Refusal> found = new HashMap<>();
        on(launch.key().agent()).stream()
                .filter(refusal -> refusal.key().launch().equals(launch))
                .forEach(refusal -> found.put(refusal.key().name(), refusal));
        return found;
    }

    List<Refusal> on(MesosAgentId host) {
        return List.copyOf(byHost.getOrDefault(host, Map.of()).values());
    }

    List<Refusal> all() {
        return byHost.values().stream()
                .flatMap(refusals -> refusals.values().stream())
                .toList();
    }

    private void forget(MesosAgentId host, Predicate<Refusal> which) {
        byHost.computeIfPresent(host, (_, refusals) -> {
            refusals.values().removeIf(which);
            return refusals.isEmpty() ? null : refusals;
        });
    }

    private static MesosAgentId host(Refusal refusal) {
        return refusal.key().launch().key().agent();
    }
}
