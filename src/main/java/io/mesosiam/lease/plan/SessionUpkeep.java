package io.mesosiam.lease.plan;

import io.mesosiam.lease.Lease;
import io.mesosiam.lease.LeaseState;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.policy.Entitlement.Prefetch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When the session of one credential name is requested and renewed, and when its end is recorded. */
final class SessionUpkeep {
    private static final Duration CHECK_AGAIN = Duration.ofSeconds(5);
    private static final String NO_SESSION_FOR_ANOTHER =
            "STS issued no session with the same identity for another task";

    private final NameView name;
    private final Duration outOfSightLimit;
    private final NameActions actions;

    /** @param outOfSightLimit how long leases are renewed while only the host's agent reports the container */
    SessionUpkeep(NameView name, Duration outOfSightLimit) {
        this.name = name;
        this.outOfSightLimit = outOfSightLimit;
        this.actions = new NameActions(name);
    }

    /** Issues a new lease, with a request for its session unless STS just issued none of the same identity. */
    List<LeaseAction> issue(DesiredLease.Give give) {
        LaunchView launch = name.launch();
        if (launch.outOfSight().isPresent()) {
            actions.waiting(WaitReason.OUT_OF_SIGHT, unseen());
        } else if (!launch.open()) {
            actions.waitingUntil(
                    nextCheck(), WaitReason.JOURNAL, "too many rows wait to be written, or sessions to be requested");
        } else if (launch.host().full()) {
            actions.waitingUntil(
                    nextCheck(),
                    WaitReason.UNREPORTED_CONTAINERS,
                    "the host has many leases of containers that its agent doesn't report, as that of this task");
        } else if (give.entitlement().prefetch() == Prefetch.ON_ASK && !name.isAsked()) {
            actions.waiting(WaitReason.NOT_ASKED, "not requested yet");
        } else {
            Optional<Instant> pause = pause();
            actions.add(new LeaseAction.Issue(name.key(), give, launch.container(), pause.isEmpty()));
            pause.ifPresent(
                    until -> actions.waitingUntil(until, WaitReason.SAME_SESSION_FAILED, noSessionForAnother()));
        }
        return actions.toList();
    }

    /** Binds a lease that is kept, and requests, renews or expires its session. */
    List<LeaseAction> keep(ManagedLease kept, DesiredLease.Give give) {
        Lease lease = kept.lease();
        if (lease.container().isEmpty()) {
            bind(lease);
        }
        if (!kept.requesting()) {
            switch (lease.state()) {
                case LeaseState.Active active -> active(lease, active, give);
                case LeaseState.Renewing _ -> renew(lease, give, nextCheck());
                case LeaseState.Pending _, LeaseState.Failed _ -> request(lease, give);
                case LeaseState.Reaped _ -> throw new IllegalArgumentException("not live: " + lease.id());
            }
        }
        return actions.toList();
    }

    /** Records the end of the session of a lease for which none is requested. */
    List<LeaseAction> retain(NameOutcome.Retained retained) {
        LeaseAction.Wait wait = retained.waiting();
        if (!(retained.lease().lease().state() instanceof LeaseState.Active active)) {
            actions.add(wait);
        } else if (name.now().isBefore(active.expiration())) {
            actions.waitingUntil(active.expiration(), wait.why(), wait.reason());
        } else {
            actions.add(new LeaseAction.Expire(retained.lease().lease().id())).add(wait);
        }
        return actions.toList();
    }

    /** A bound lease is served to its container, so binding waits for the container's other tasks, as issuing does. */
    private void bind(Lease lease) {
        if (name.neighbours().accord(lease.identityHash()) == ContainerNeighbours.Accord.OPEN) {
            actions.add(name.neighbours().waiting());
        } else {
            name.launch().container().ifPresent(container -> actions.add(new LeaseAction.Bind(lease.id(), container)));
        }
    }

    private void active(Lease lease, LeaseState.Active active, DesiredLease.Give give) {
        if (!name.now().isBefore(active.expiration())) {
            actions.add(new LeaseAction.Expire(lease.id()));
        } else if (name.now().isBefore(active.renewAt())) {
            actions.waitingUntil(
                    earlier(active.renewAt(), active.expiration()),
                    WaitReason.RENEWAL,
                    "the lease is served and is renewed at that time");
        } else {
            renew(lease, give, earlier(nextCheck(), active.expiration()));
        }
    }

    private void renew(Lease lease, DesiredLease.Give give, Instant otherwiseCheckAt) {
        if (mayRenew()) {
            actions.add(new LeaseAction.Renew(lease.id(), give));
        } else {
            actions.waitingUntil(otherwiseCheckAt, WaitReason.OUT_OF_SIGHT, unseen());
        }
    }

    private void request(Lease lease, DesiredLease.Give give) {
        Optional<Instant> pause = pause();
        if (!mayRenew()) {
            actions.waitingUntil(nextCheck(), WaitReason.OUT_OF_SIGHT, unseen());
        } else if (pause.isEmpty()) {
            actions.add(new LeaseAction.Request(lease.id(), give));
        } else if (lease.state() instanceof LeaseState.Failed failed) {
            // The reason of the last failure, which is not always STS's.
            WaitReason why = awsRefusal().isPresent() ? WaitReason.REFUSED_BY_AWS : WaitReason.NO_SESSION;
            actions.waitingUntil(pause.get(), why, failed.reason());
        } else {
            actions.waitingUntil(pause.get(), WaitReason.SAME_SESSION_FAILED, noSessionForAnother());
        }
    }

    private String noSessionForAnother() {
        return awsRefusal()
                .map(reason -> NO_SESSION_FOR_ANOTHER + ": " + reason)
                .orElse(NO_SESSION_FOR_ANOTHER);
    }

    private Optional<String> awsRefusal() {
        return name.backoff().flatMap(SessionBackoff::refusal);
    }

    /** Until when the identity's session isn't requested. */
    private Optional<Instant> pause() {
        return name.backoff().map(SessionBackoff::until).filter(name.now()::isBefore);
    }

    private boolean mayRenew() {
        return name.launch()
                .outOfSight()
                .map(since -> name.launch().host().alive() && name.now().isBefore(since.plus(outOfSightLimit)))
                .orElse(true);
    }

    private String unseen() {
        return name.launch().host().alive()
                ? "the master doesn't report the task"
                : "neither the master nor the host's agent reports the task";
    }

    private Instant nextCheck() {
        return name.now().plus(CHECK_AGAIN);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
