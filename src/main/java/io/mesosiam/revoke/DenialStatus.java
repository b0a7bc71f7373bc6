package io.mesosiam.revoke;

import java.util.Optional;

/**
 * The denials whose inline policies are to be attached or, later, removed.
 *
 * @param open number of those
 * @param failing number of those whose last attempt failed
 * @param example AWS's answer to one of these attempts
 */
public record DenialStatus(long open, long failing, Optional<String> example) {
    static final DenialStatus NOTHING = new DenialStatus(0, 0, Optional.empty());

    /** A message for operators; empty if no attempt has failed. */
    Optional<String> trouble() {
        return failing == 0
                ? Optional.empty()
                : Optional.of(
                        failing + " of " + open + " denials of revoked sessions can't be attached or removed at AWS: "
                                + example.orElse("no answer"));
    }
}
