package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.agent.redirect.OriginalDestinations.Original;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Attests callers that connect to the endpoint directly or through the operator's own redirect rules. Connection
 * tracking names the two ends of the caller's socket. A connection that it does not know is not translated; it is
 * looked up by the ends of the accepted socket.
 *
 * @param served the addresses that the operator's rules redirect to the endpoint
 */
record ArrangedCallers(OriginalDestinations destinations, List<InetSocketAddress> served, ContainerAttestor attestor)
        implements ContainerAttestor {
    ArrangedCallers {
        served = List.copyOf(served);
    }

    @Override
    public Attestation attest(Caller caller) {
        return attestor.attest(asOpened(caller));
    }

    @Override
    public CallerSource source(Caller caller) {
        return attestor.source(asOpened(caller));
    }

    private Caller asOpened(Caller caller) {
        return destinations.of(caller.remote(), caller.local()) instanceof Original original
                        && served.contains(original.destination())
                        && original.source().getAddress().equals(caller.remote().getAddress())
                ? caller.openedAs(original.source(), original.destination())
                : caller;
    }
}
