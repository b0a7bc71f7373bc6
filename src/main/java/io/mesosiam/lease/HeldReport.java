package io.mesosiam.lease;

import io.mesosiam.mesos.ContainerId;
import io.mesosiam.mesos.Launch;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The sessions that a host's agent reports as held, indexed by key, because the host determines the length of the
 * report.
 */
public final class HeldReport {
    private final Map<Fact, HeldLease> byLease = new HashMap<>();

    /** Sessions under leases that are not live here; another lease can continue to serve them. */
    private final Map<String, List<HeldLease>> unclaimed = new HashMap<>();

    private final BiPredicate<Launch, ContainerId> elsewhere;

    private record Fact(LeaseId lease, String identityHash) {}

    /**
     * @param live whether a lease is live here
     * @param elsewhere whether a container runs in which the launch is not known to be
     */
    public HeldReport(List<HeldLease> held, Predicate<LeaseId> live, BiPredicate<Launch, ContainerId> elsewhere) {
        this.elsewhere = elsewhere;
        for (HeldLease it : held) {
            HeldLease before = byLease.putIfAbsent(new Fact(it.lease(), it.identityHash()), it);
            if (before == null && !live.test(it.lease())) {
                unclaimed
                        .computeIfAbsent(it.identityHash(), _ -> new ArrayList<>())
                        .add(it);
            }
        }
    }

    /** Returns what the agent holds under that lease. */
    public Optional<HeldLease> of(Lease lease) {
        return Optional.ofNullable(byLease.get(new Fact(lease.id(), lease.identityHash())));
    }

    /** Whether there are sessions under leases that are not live here, and that no lease has claimed. */
    public boolean hasUnclaimed() {
        return unclaimed.values().stream().anyMatch(same -> !same.isEmpty());
    }

    /**
     * Returns a session of the lease's identity that the agent holds under a lease that is not live here: an ended lease
     * whose session this one took over, or a lease of another controller whose row was not written. The session that the
     * lease is served comes first, then the longest. Each session is returned at most once.
     */
    public Optional<HeldLease> claim(Lease lease) {
        return claim(
                lease.identityHash(), lease.state().servedUntil(), it -> isOf(lease.name(), it) && mayBeOf(lease, it));
    }

    /**
     * Returns such a session of an identity for which there is no lease yet.
     *
     * @param container where it is needed; sessions that the agent serves in other containers are not returned
     */
    public Optional<HeldLease> claim(String identityHash, Optional<ContainerId> container, CredentialName name) {
        return claim(
                identityHash,
                Optional.empty(),
                it -> (it.container().isEmpty() || it.container().equals(container)) && isOf(name, it));
    }

    /**
     * Another launch of the task can have the same session in another container. A lease without a container takes none from a
     * container in which another task runs: tasks can share sessions.
     */
    private boolean mayBeOf(Lease lease, HeldLease held) {
        return held.container().isEmpty()
                || (lease.container().isEmpty()
                        ? held.container()
                                .filter(container -> elsewhere.test(lease.launch(), container))
                                .isEmpty()
                        : held.container().equals(lease.container()));
    }

    /** Tasks can have the same session under several names. */
    private static boolean isOf(CredentialName name, HeldLease held) {
        return held.name().map(name::equals).orElse(true);
    }

    private Optional<HeldLease> claim(String identityHash, Optional<Instant> served, Predicate<HeldLease> usable) {
        List<HeldLease> same = unclaimed.getOrDefault(identityHash, List.of());
        Optional<HeldLease> claimed = same.stream()
                .filter(usable)
                .max(Comparator.<HeldLease, Boolean>comparing(it -> served.equals(Optional.of(it.expiration())))
                        .thenComparing(HeldLease::expiration));
        claimed.ifPresent(same::remove);
        return claimed;
    }
}
