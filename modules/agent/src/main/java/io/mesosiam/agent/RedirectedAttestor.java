package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.agent.redirect.OriginalDestinations.Original;

/**
 * Attests callers that opened their connection to a served address, by the two ends of the caller's own socket. The
 * accepted socket does not have those ends: the rules translate the destination, and if two connections would then have
 * the same ends, the kernel also changes the source port of one.
 *
 * @param translatedSources whether a rule of this host may have translated a caller's source address
 */
record RedirectedAttestor(OriginalDestinations destinations, boolean translatedSources, ContainerAttestor attestor)
        implements ContainerAttestor {
    @Override
    public Attestation attest(Caller caller) {
        return switch (destinations.of(caller.remote(), caller.local())) {
            case Original original -> attest(caller, original);
            case OriginalDestinations.Untracked() -> notServed();
            case OriginalDestinations.NoAnswer(String reason) -> new Attestation.Unknown(reason);
        };
    }

    @Override
    public CallerSource source(Caller caller) {
        return destinations.of(caller.remote(), caller.local()) instanceof Original original
                ? attestor.source(caller.openedAs(original.source(), original.destination()))
                : attestor.source(caller);
    }

    private Attestation attest(Caller caller, Original original) {
        if (!OriginalDestinations.serves(original.destination(), caller.local())) {
            return notServed();
        }
        boolean sameAddress =
                original.source().getAddress().equals(caller.remote().getAddress());
        return translatedSources || sameAddress
                ? attestor.attest(caller.openedAs(original.source(), original.destination()))
                : new Attestation.NoContainer("a rule of this host translated the source address from "
                        + original.source() + ": see MESOS_IAM_AGENT_TRANSLATED_SOURCES");
    }

    private static Attestation notServed() {
        return new Attestation.NoContainer("the connection was not opened to a served address");
    }
}
