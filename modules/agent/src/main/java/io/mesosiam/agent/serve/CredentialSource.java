package io.mesosiam.agent.serve;

import java.time.Duration;

/** What the endpoint needs of the leases that are held here. */
public interface CredentialSource {
    /** What is here now. Takes no lock. */
    Answer find(String containerId, String name);

    /** Waits until there is an answer, at most for {@code atMost}; {@link Answer.Nothing} if there still is none. */
    Answer await(String containerId, String name, Duration atMost) throws InterruptedException;
}
