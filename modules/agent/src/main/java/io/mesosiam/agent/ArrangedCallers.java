package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.agent.redirect.OriginalDestinations.NoAnswer;
import io.mesosiam.agent.redirect.OriginalDestinations.Original;
import io.mesosiam.agent.redirect.OriginalDestinations.Tracking;
import io.mesosiam.agent.redirect.OriginalDestinations.Untracked;
import io.mesosiam.pause.Deadline;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Attests callers that connect to the endpoint directly or through the operator's own redirect rules. Connection
 * tracking names the two ends of the caller's socket. A connection that it does not know is not translated; it is
 * looked up by the ends of the accepted socket.
 *
 * @param tracking empty if connection tracking isn't available
 * @param served the addresses that the operator's rules redirect to the endpoint
 */
record ArrangedCallers(
        Optional<OriginalDestinations> tracking, List<InetSocketAddress> served, ContainerAttestor attestor)
        implements ContainerAttestor {
    ArrangedCallers {
        served = List.copyOf(served);
    }

    /**
     * A caller as its socket is looked up.
     *
     * @param certain whether these are the ends of its socket: no rule that isn't known has translated them
     */
    private record Opened(Caller caller, boolean certain) {
        CallerSource of(CallerSource found) {
            return certain ? found : found.forLimits();
        }
    }

    @Override
    public Attestation attest(Caller caller, Deadline deadline) {
        Optional<Attestation.Attested> accepted = attestAtOnce(caller);
        return accepted.isPresent()
                ? accepted.get()
                : attestor.attest(opened(caller, deadline.left()).caller(), deadline);
    }

    @Override
    public CallerSource source(Caller caller) {
        Opened opened = opened(caller, OriginalDestinations.LONGEST_LOOK_UP);
        return opened.of(attestor.source(opened.caller()));
    }

    @Override
    public Optional<CallerSource> sourceAtOnce(Caller caller) {
        Opened opened = opened(caller, OriginalDestinations.LONGEST_LOOK_UP);
        return attestor.sourceAtOnce(opened.caller()).map(opened::of);
    }

    @Override
    public Optional<Attestation.Attested> attestAtOnce(Caller caller) {
        return attestor.attestAtOnce(caller);
    }

    private Opened opened(Caller caller, Duration atMost) {
        Tracking found = tracking.map(known -> known.of(caller.remote(), caller.local(), atMost))
                .orElseGet(() -> new NoAnswer("connection tracking is not available"));
        return switch (found) {
            case Original(var source, var destination)
            when served.contains(destination)
                    && source.getAddress().equals(caller.remote().getAddress()) ->
                new Opened(caller.openedAs(source, destination), true);
            case Original(var source, var destination) ->
                new Opened(caller, source.equals(caller.remote()) && destination.equals(caller.local()));
            case Untracked() -> new Opened(caller, true);
            case NoAnswer _ -> new Opened(caller, false);
        };
    }
}
