package io.mesosiam.agent.serve;

import java.time.Duration;

/** The leases of this host, as the endpoint reads them. */
public interface CredentialSource {
    /** The current answer. Takes no lock. */
    Answer find(String containerId, String name);

    /** As {@link #find}, without reading files: nothing if they would have to be read. */
    default Answer known(String containerId, String name) {
        return find(containerId, name);
    }

    /**
     * Waits until there is an answer, at most {@code atMost}; returns {@link Answer.Nothing} if there is still none.
     */
    Answer await(String containerId, String name, Duration atMost) throws InterruptedException;
}
