package io.mesosiam.lease.reconcile;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.policy.CredentialName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The credential names that the containers of a host have requested. Not thread-safe.
 *
 * <p>Each can become a refusal that the host's agent keeps, and that its complete state contains. Tasks choose the names and
 * their number, so names beyond the limits are ignored: an executor, with all containers nested in its own, can use up
 * neither the agent's memory nor the room of that state for other tasks.
 */
final class RequestedNames {
    static final int MOST_OF_CONTAINER = 16;

    /** Of an outermost container with all containers nested in it. */
    static final int MOST_OF_OUTERMOST = 256;

    /** Of an outermost container in any case, unless thousands of them have requested names. */
    static final int OWN = 16;

    /** Of all containers of a host together, beyond {@link #OWN} of each outermost one. */
    static final int MOST_IN_COMMON = 4096;

    /** Fewer than an agent reads in a complete state, with leases beside them. */
    static final int MOST_OF_HOST = 16_384;

    private final Map<ContainerId, Set<CredentialName>> names = new HashMap<>();
    private final Map<ContainerId, Integer> counts = new HashMap<>();
    private int common;
    private int all;

    void add(ContainerId container, CredentialName name) {
        Set<CredentialName> had = of(container);
        if (had.size() < MOST_OF_CONTAINER && !had.contains(name) && hasRoom(container.outermost())) {
            boolean _ = names.computeIfAbsent(container, _ -> new HashSet<>()).add(name);
            count(container.outermost(), 1);
        }
    }

    private boolean hasRoom(ContainerId outermost) {
        int count = counts.getOrDefault(outermost, 0);
        return all < MOST_OF_HOST && (count < OWN || (count < MOST_OF_OUTERMOST && common < MOST_IN_COMMON));
    }

    private void count(ContainerId outermost, int change) {
        int before = counts.getOrDefault(outermost, 0);
        int now = before + change;
        all += change;
        common += Math.max(0, now - OWN) - Math.max(0, before - OWN);
        if (now == 0) {
            counts.remove(outermost);
        } else {
            counts.put(outermost, now);
        }
    }

    Set<CredentialName> of(ContainerId container) {
        return names.getOrDefault(container, Set.of());
    }

    boolean isOf(ContainerId container) {
        return names.containsKey(container);
    }

    /** How many containers have requested a name. */
    int containers() {
        return names.size();
    }

    void remove(ContainerId container) {
        Set<CredentialName> removed = names.remove(container);
        if (removed != null) {
            count(container.outermost(), -removed.size());
        }
    }

    void retain(Set<ContainerId> containers) {
        Set.copyOf(names.keySet()).stream()
                .filter(container -> !containers.contains(container))
                .forEach(this::remove);
    }

    void clear() {
        names.clear();
        counts.clear();
        common = 0;
        all = 0;
    }
}
