package io.mesosiam.lease;

import io.mesosiam.secret.Secret;
import java.time.Instant;

/**
 * One result of AssumeRole. It is kept in memory only.
 *
 * @param accessKeyId not secret by itself; it appears in CloudTrail
 * @param expiration as STS reported it, truncated to microseconds as in the lease's row
 */
public record Session(String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant expiration) {
    public Session {
        expiration = Stored.time(expiration);
    }
}
