package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;

/**
 * A connection and its permitted owners: several if a process has moved to another container's cgroup, none if the
 * host opened it.
 */
final class ChurnConnection {
    private final Caller caller;
    private final Caller accepted;
    private final Optional<Socket> agentsEnd;
    final Optional<ChurnContainer> owner;
    volatile Set<Container> owners;
    volatile boolean disturbed;

    /** @param attestor looks up the caller, as the agent does when it accepts a connection */
    ChurnConnection(Socket agentsEnd, ChurnContainer owner, KernelAttestor attestor) {
        this(Optional.of(agentsEnd), ContainerLab.ends(agentsEnd), Optional.of(owner), attestor);
    }

    /** A connection that the host opened. */
    ChurnConnection(Caller caller, KernelAttestor attestor) {
        this(Optional.empty(), caller, Optional.empty(), attestor);
    }

    private ChurnConnection(
            Optional<Socket> agentsEnd, Caller caller, Optional<ChurnContainer> owner, KernelAttestor attestor) {
        this.agentsEnd = agentsEnd;
        this.caller = caller;
        this.accepted = caller.found(attestor.source(caller));
        this.owner = owner;
        this.owners = owner.map(ChurnContainer::container).map(Set::of).orElse(Set.of());
        this.disturbed = owner.isEmpty();
    }

    /** @param byAccept whether the look-up at accept is used, as the agent does where that is enough */
    Attestation attest(KernelAttestor attestor, boolean byAccept, Deadline deadline) {
        Caller asked = byAccept ? accepted : caller;
        return attestor.attestAtOnce(asked)
                .<Attestation>map(found -> new Attestation.Attested(found.container(), found.by() + " at accept"))
                .orElseGet(() -> attestor.attest(asked, deadline));
    }

    /**
     * Whether the caller has reset the connection, so that no request can arrive on it any more. Only then another socket can
     * have its ends: the kernel answers that one's SYN within this connection, and its reset ends this one. Writes
     * a byte.
     */
    boolean isReset() {
        if (agentsEnd.isEmpty()) {
            return false;
        }
        try {
            agentsEnd.get().getOutputStream().write(0);
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    boolean isOf(ChurnContainer one) {
        return owner.equals(Optional.of(one));
    }
}
