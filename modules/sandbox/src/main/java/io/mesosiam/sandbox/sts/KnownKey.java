package io.mesosiam.sandbox.sts;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that requests can be signed with.
 *
 * @param token session token; absent for the controller's long-term key
 */
record KnownKey(
        String accessKeyId,
        String secretAccessKey,
        Optional<String> token,
        String arn,
        String userId,
        Optional<Instant> expiration) {
    boolean session() {
        return token.isPresent();
    }

    @Override
    public String toString() {
        return "KnownKey[" + accessKeyId + ", " + arn + "]";
    }
}
