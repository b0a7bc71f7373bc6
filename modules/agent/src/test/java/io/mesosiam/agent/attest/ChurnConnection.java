package io.mesosiam.agent.attest;

import java.util.Optional;
import java.util.Set;

/**
 * A connection and its permitted owners: several if a process has moved to another container's cgroup, none if the
 * host opened it.
 */
final class ChurnConnection {
    final Caller caller;
    final Optional<ChurnContainer> owner;
    volatile Set<Container> owners;
    volatile boolean disturbed;

    ChurnConnection(Caller caller, Optional<ChurnContainer> owner) {
        this.caller = caller;
        this.owner = owner;
        this.owners = owner.map(ChurnContainer::container).map(Set::of).orElse(Set.of());
        this.disturbed = owner.isEmpty();
    }

    boolean isOf(ChurnContainer one) {
        return owner.equals(Optional.of(one));
    }
}
