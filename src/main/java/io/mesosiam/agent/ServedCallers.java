package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;

/**
 * Attests only callers that asked one of the served addresses, and looks for their socket by the very address that they asked: after a
 * redirect the accepted connection doesn't tell it.
 */
record ServedCallers(OriginalDestinations destinations, ContainerAttestor attestor) implements ContainerAttestor {
    @Override
    public Attestation attest(Caller caller) {
        return destinations
                .served(caller.remote(), caller.local())
                .map(asked -> attestor.attest(new Caller(caller.remote(), asked)))
                .orElseGet(() -> new Attestation.NoContainer("the connection was not opened to a served address"));
    }
}
