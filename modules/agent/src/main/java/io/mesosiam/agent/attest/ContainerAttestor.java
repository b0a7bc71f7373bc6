package io.mesosiam.agent.attest;

/** Identifies the container that opened a connection. */
@FunctionalInterface
public interface ContainerAttestor {
    /**
     * Identifies the container from kernel facts. Takes microseconds to a few milliseconds and never waits for the
     * network.
     */
    Attestation attest(Caller caller);

    /** The group in which the connection is counted for limits. Takes microseconds, and proves nothing. */
    default CallerSource source(Caller caller) {
        return CallerSource.ofAddress(caller.source());
    }
}
