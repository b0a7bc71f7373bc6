package io.mesosiam.agent.attest;

import java.util.Optional;
import java.util.Set;

/**
 * A connection and its permitted owners: several if a process has moved to another container's cgroup, none if the
 * host opened it.
 */
final class ChurnConnection {
    private final Caller caller;
    private final Caller accepted;
    final Optional<ChurnContainer> owner;
    volatile Set<Container> owners;
    volatile boolean disturbed;

    /** @param attestor looks up the caller, as the agent does when it accepts a connection */
    ChurnConnection(Caller caller, Optional<ChurnContainer> owner, KernelAttestor attestor) {
        this.caller = caller;
        this.accepted = caller.found(attestor.source(caller));
        this.owner = owner;
        this.owners = owner.map(ChurnContainer::container).map(Set::of).orElse(Set.of());
        this.disturbed = owner.isEmpty();
    }

    /** @param byAccept whether the look-up at accept is used, as the agent does where that is enough */
    Attestation attest(KernelAttestor attestor, boolean byAccept) {
        Caller asked = byAccept ? accepted : caller;
        return attestor.attestAtOnce(asked)
                .<Attestation>map(found -> new Attestation.Attested(found.container(), found.by() + " at accept"))
                .orElseGet(() -> attestor.attest(asked));
    }

    boolean isOf(ChurnContainer one) {
        return owner.equals(Optional.of(one));
    }
}
