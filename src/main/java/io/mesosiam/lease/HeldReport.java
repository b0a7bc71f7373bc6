package io.mesosiam.lease;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What a host's agent says that it holds. A report is as long as its host likes, so it is searched by key. */
public final class HeldReport {
    private final Map<Fact, HeldLease> byLease = new HashMap<>();

    /** Sessions under leases that are not live here, which another lease may serve on. */
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

    /** What the agent holds under that lease. */
    public Optional<HeldLease> of(Lease lease) {
        return Optional.ofNullable(byLease.get(new Fact(lease.id(), lease.identityHash())));
    }

    /**
     * The session that a served lease took over from one that has ended, where the agent has not heard of that yet: one of the same identity and end.
     * It is found once.
     */
    public Optional<HeldLease> claim(Lease lease) {
        return lease.state()
                .servedUntil()
                .map(end -> unclaimed.get(new SameSession(lease.identityHash(), end)))
                .map(Deque::poll);
    }
}
