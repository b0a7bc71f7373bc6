package io.mesosiam.fleet;

/** How this controller is. */
public interface OwnState {
    /** Runs the readiness checks, whose results {@link #now} has from then on. Blocks. */
    void check();

    /** The present state. Does not block. */
    StatedController now();
}
