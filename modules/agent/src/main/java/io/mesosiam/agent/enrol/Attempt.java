package io.mesosiam.agent.enrol;

import java.time.Duration;
import java.util.Optional;

/** The result of a request for the first certificate at one controller. */
sealed interface Attempt {
    record Issued(IssuedCertificate certificate) implements Attempt {}

    /** The controller does not sign for this host and token. The other controllers would not either. */
    record Refused() implements Attempt {}

    /**
     * No certificate from this controller for now.
     *
     * @param reason the observation, and what to do about it
     * @param retryAfter if the controller states it
     */
    record Failed(String reason, Optional<Duration> retryAfter) implements Attempt {}
}
