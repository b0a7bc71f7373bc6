package io.mesosiam.lease;

import io.mesosiam.secret.Secret;
import java.time.Instant;

/**
 * One AssumeRole result. In memory only.
 *
 * @param accessKeyId not secret by itself; it appears in CloudTrail
 * @param expiration STS's own, to the microsecond, as the lease's row holds it
 */
public record Session(String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant expiration) {
    public Session {
        expiration = Stored.time(expiration);
    }
}
