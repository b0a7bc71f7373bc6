package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;

/**
 * Attests only callers that asked one of the served addresses, and looks for their socket by the very ends that they know: after a translation
 * the accepted connection doesn't tell them.
 *
 * @param translatedSources whether a caller may come from an address that isn't its own
 */
record ServedCallers(OriginalDestinations destinations, boolean translatedSources, ContainerAttestor attestor)
        implements ContainerAttestor {
    @Override
    public Attestation attest(Caller caller) {
        return destinations
                .served(caller.remote(), caller.local())
                .map(original -> attest(caller, original))
                .orElseGet(() -> new Attestation.NoContainer("the connection was not opened to a served address"));
    }

    private Attestation attest(Caller caller, OriginalDestinations.Original original) {
        return translatedSources || original.source().equals(caller.remote())
                ? attestor.attest(new Caller(original.source(), original.destination()))
                : new Attestation.NoContainer("a rule of this host translated the source address from "
                        + original.source() + ": see MESOS_IAM_AGENT_TRANSLATED_SOURCES");
    }
}
