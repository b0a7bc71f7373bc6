package io.mesosiam.agent.attest;

import java.util.Optional;

/** Identifies the container that opened a connection. */
@FunctionalInterface
public interface ContainerAttestor {
    /**
     * Identifies the container from kernel facts. Takes microseconds to a few milliseconds and never waits for the
     * network.
     */
    Attestation attest(Caller caller);

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
