package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.WaitReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The time to live of a lease. It begins with the lease, and continues when the session is handed over. */
record TimeToLive(Optional<Instant> end) {
    static final String ENDED = "its time to live ended";

    /** The time to live that policy gives now. A change of the policy also applies to existing leases. */
    static TimeToLive of(Lease lease, DesiredLease.Give give) {
        return new TimeToLive(give.entitlement().end(lease.createdAt()));
    }

    /** The time to live as recorded in the lease, for a lease of which it isn't known what policy gives now. */
    static TimeToLive recorded(Lease lease) {
        return new TimeToLive(lease.until());
    }

    boolean isOver(Instant now) {
        return end.filter(at -> !now.isBefore(at)).isPresent();
    }

    /** Records a time to live that a change of the policy has moved, and waits for its end. */
    List<LeaseAction> actions(NameView name, Lease lease, DesiredLease.Give give) {
        Stream<LeaseAction> limit =
                equals(recorded(lease)) ? Stream.empty() : Stream.of(new LeaseAction.Limit(lease.id(), end, give));
        return Stream.concat(limit, waits(name).stream()).toList();
    }

    /** The wait for its end; empty without an end. */
    List<LeaseAction.Wait> waits(NameView name) {
        return end.stream()
                .map(at -> name.waitingUntil(at, WaitReason.TTL, "its time to live ends"))
                .toList();
    }
}
