package io.mesosiam.agent.attest;

/** Finds out which container is at the other end of a connection. */
@FunctionalInterface
public interface ContainerAttestor {
    /** Asks the kernel; takes microseconds to a few milliseconds and never waits for the network. */
    Attestation attest(Caller caller);

    /** With which other connections this one counts; takes microseconds, and is no proof of anything. */
    default CallerSource source(Caller caller) {
        return CallerSource.ofAddress(caller.source());
    }
}
