package io.mesosiam.agent.attest;

import io.mesosiam.pause.Deadline;
import java.util.Optional;

/** Identifies the container that opened a connection. */
@FunctionalInterface
public interface ContainerAttestor {
    /**
     * Identifies the container from kernel facts. Usually takes microseconds to a few milliseconds; a container that
     * started since the last scan of the host needs another one, which takes longer the more containers there are.
     *
     * @param deadline when to give up: what has not been decided by then is {@link Attestation.Unknown}
     */
    Attestation attest(Caller caller, Deadline deadline);

    /** Looks up a connection that was just accepted; {@link CallerSource#RESET} if it is to be closed. */
    default CallerSource source(Caller caller) {
        return CallerSource.ofAddress(caller.source());
    }

    /** As {@link #source}, within microseconds; empty if files have to be read. */
    default Optional<CallerSource> sourceAtOnce(Caller caller) {
        return Optional.of(source(caller));
    }

    /**
     * Identifies the container by what the look-up at accept has found, within microseconds.
     *
     * @return empty if that isn't enough: then {@link #attest} decides
     */
    default Optional<Attestation.Attested> attestAtOnce(Caller caller) {
        return Optional.empty();
    }
}
