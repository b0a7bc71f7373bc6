package io.mesosiam.lease.plan;

import io.mesosiam.lease.LeaseKey;
import io.mesosiam.lease.Refusal;
import io.mesosiam.lease.Refusal.RefusalCode;
import io.mesosiam.lease.WaitReason;
import io.mesosiam.lease.Withdrawal;
import io.mesosiam.policy.CredentialName;
import java.time.Instant;
import java.util.Optional;

/** The part of a launch's view that concerns one credential name. */
record NameView(LaunchView launch, CredentialName name) {
    LeaseKey key() {
        return new LeaseKey(launch.launch(), name);
    }

    /** The name's live lease. */
    Optional<ManagedLease> lease() {
        return Optional.ofNullable(launch.leases().get(name));
    }

    /** The live lease, if its sessions have this identity. */
    Optional<ManagedLease> lease(String identityHash) {
        return lease().filter(kept -> kept.lease().identityHash().equals(identityHash));
    }

    /** What the container receives for the name instead of credentials. */
    Optional<Refusal> refusal() {
        return Optional.ofNullable(launch.refusals().get(name));
    }

    /** Whether the container requested the name. */
    boolean isAsked() {
        return launch.asked().contains(name);
    }

    /** Whether the container requested the name, or has a lease or a refusal of it. */
    boolean isUsed() {
        return lease().isPresent() || isAsked() || refusal().isPresent();
    }

    /** The first withdrawal that covers the name, its lease, or what policy gives for it. */
    Optional<Withdrawal> withdrawal() {
        return launch.withdrawals().stream().filter(this::isCovered).findFirst();
    }

    private boolean isCovered(Withdrawal withdrawal) {
        boolean given = desired() instanceof DesiredLease.Give give && give.isWithdrawn(key(), withdrawal);
        return given
                || withdrawal.covers(key())
                || lease().filter(kept -> withdrawal.covers(kept.lease())).isPresent();
    }

    /** What policy gives for the name. A name that no policy mentions is refused. */
    DesiredLease desired() {
        return Optional.ofNullable(launch.desiredLeases().get(name))
                .orElseGet(() -> launch.task().isEmpty()
                        ? new DesiredLease.Unready(DesiredLease.NOT_SHOWN)
                        : new DesiredLease.Refuse(RefusalCode.NO_POLICY, "no policy mentions the name " + name));
    }

    /** The backoff of the identity that the name's sessions have or would have. */
    Optional<SessionBackoff> backoff() {
        return Optional.ofNullable(launch.backoff().get(name));
    }

    /** Why the host's agent doesn't serve the lease. */
    Optional<String> notServed() {
        return Optional.ofNullable(launch.notServed().get(name));
    }

    ContainerNeighbours neighbours() {
        return new ContainerNeighbours(this);
    }

    /** A wait of this name for an event. */
    LeaseAction.Wait waiting(WaitReason why, String reason) {
        return new LeaseAction.Wait(name, why, reason, Optional.empty());
    }

    /** A wait of this name for that moment. */
    LeaseAction.Wait waitingUntil(Instant until, WaitReason why, String reason) {
        return new LeaseAction.Wait(name, why, reason, Optional.of(until));
    }

    Instant now() {
        return launch.now();
    }
}
