package io.mesosiam.agent;

import io.mesosiam.agent.attest.Attestation;
import io.mesosiam.agent.attest.Caller;
import io.mesosiam.agent.attest.CallerSource;
import io.mesosiam.agent.attest.ContainerAttestor;
import io.mesosiam.agent.redirect.OriginalDestinations;
import io.mesosiam.agent.redirect.OriginalDestinations.Original;
import io.mesosiam.pause.Deadline;
import java.util.Optional;

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
    public Attestation attest(Caller caller, Deadline deadline) {
        Optional<Attestation.Attested> accepted = attestAtOnce(caller);
        return accepted.isPresent() ? accepted.get() : attestByItsEnds(caller, deadline);
    }

    private Attestation attestByItsEnds(Caller caller, Deadline deadline) {
        return switch (destinations.of(caller.remote(), caller.local(), deadline.left())) {
            case Original original -> attest(caller, original, deadline);
            case OriginalDestinations.Untracked() -> notServed();
            case OriginalDestinations.NoAnswer(String reason) -> new Attestation.Unknown(reason);
        };
    }

    @Override
    public CallerSource source(Caller caller) {
        return destinations.of(caller.remote(), caller.local(), OriginalDestinations.LONGEST_LOOK_UP)
                        instanceof Original original
                ? source(attestor.source(asOpened(caller, original)), caller, original)
                : attestor.source(caller).forLimits();
    }

    @Override
    public Optional<CallerSource> sourceAtOnce(Caller caller) {
        return destinations.of(caller.remote(), caller.local(), OriginalDestinations.LONGEST_LOOK_UP)
                        instanceof Original original
                ? attestor.sourceAtOnce(asOpened(caller, original)).map(found -> source(found, caller, original))
                : attestor.sourceAtOnce(caller).map(CallerSource::forLimits);
    }

    @Override
    public Optional<Attestation.Attested> attestAtOnce(Caller caller) {
        return attestor.attestAtOnce(caller);
    }

    /** Only a connection that was opened to a served address, without a translated source, is attested by its look-up at accept. */
    private static CallerSource source(CallerSource found, Caller caller, Original original) {
        return OriginalDestinations.serves(original.destination(), caller.local()) && hasSameAddress(caller, original)
                ? found
                : found.forLimits();
    }

    private static Caller asOpened(Caller caller, Original original) {
        return caller.openedAs(original.source(), original.destination());
    }

    private static boolean hasSameAddress(Caller caller, Original original) {
        return original.source().getAddress().equals(caller.remote().getAddress());
    }

    private Attestation attest(Caller caller, Original original, Deadline deadline) {
        if (!OriginalDestinations.serves(original.destination(), caller.local())) {
            return notServed();
        }
        return translatedSources || hasSameAddress(caller, original)
                ? attestor.attest(asOpened(caller, original), deadline)
                : new Attestation.NoContainer("a rule of this host translated the source address from "
                        + original.source() + ": see MESOS_IAM_AGENT_TRANSLATED_SOURCES");
    }

    private static Attestation notServed() {
        return new Attestation.NoContainer("the connection was not opened to a served address");
    }
}
