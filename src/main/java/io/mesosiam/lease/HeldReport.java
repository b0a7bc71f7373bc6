package io.mesosiam.lease;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The sessions that a host's agent reports as held, indexed by key, because the host determines the length of the
 * report.
 */
public final class HeldReport {
    private final Map<Fact, HeldLease> byLease = new HashMap<>();

    /** Sessions under leases that are not live here; another lease can continue to serve them. */
    private final Map<SameSession, Deque<HeldLease>> unclaimed = new HashMap<>();

    private record Fact(LeaseId lease, String identityHash) {}

    private record SameSession(String identityHash, Instant expiration) {}

    /** @param live whether a lease is live here */
    public HeldReport(List<HeldLease> held, Predicate<LeaseId> live) {
        for (HeldLease it : held) {
            HeldLease before = byLease.putIfAbsent(new Fact(it.lease(), it.identityHash()), it);
            if (before == null && !live.test(it.lease())) {
                unclaimed
                        .computeIfAbsent(new SameSession(it.identityHash(), it.expiration()), _ -> new ArrayDeque<>())
                        .add(it);
            }
        }
    }

    /** Returns what the agent holds under that lease. */
    public Optional<HeldLease> of(Lease lease) {
        return Optional.ofNullable(byLease.get(new Fact(lease.id(), lease.identityHash())));
    }

    /**
     * Returns the session that a served lease took over from an ended lease, if the agent has not received that change
     * yet. It has the same identity and expiration. Each session is returned at most once.
     */
    public Optional<HeldLease> claim(Lease lease) {
        return lease.state()
                .servedUntil()
                .map(end -> unclaimed.get(new SameSession(lease.identityHash(), end)))
                .map(Deque::poll);
    }
}
