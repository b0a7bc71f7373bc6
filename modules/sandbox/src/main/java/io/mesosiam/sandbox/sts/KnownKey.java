package io.mesosiam.sandbox.sts;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that requests can be signed with.
 *
 * @param token session token; absent for the controller's long-term key
 * @param role ARN of the assumed role; absent for the controller's long-term key
 */
record KnownKey(
        String accessKeyId,
        String secretAccessKey,
        Optional<String> token,
        Optional<String> role,
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
