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

    /** Looks up a connection that was just accepted. */
    default CallerSource source(Caller caller) {
        return CallerSource.ofAddress(caller.source());
    }

    /** As {@link #source}, within microseconds; empty if files have to be read. */
    default Optional<CallerSource> sourceAtOnce(Caller caller) {
        return Optional.of(source(caller));
    }

    /**
     * Whether the agent's end of a connection that was just accepted is still connected, within microseconds. Asked after
     * {@link #source}: if the caller has reset the connection before, another caller's socket may have its ends by then,
     * and the source is that other caller's.
     */
    default boolean isConnected(Caller caller) {
        return true;
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
