package io.mesosiam.lease;

import io.mesosiam.secret.Secret;
import java.time.Instant;

/**
 * One AssumeRole result. In memory only.
 *
 * @param accessKeyId not secret by itself; it appears in CloudTrail
 * @param expiration STS's own
 */
public record Session(String accessKeyId, Secret secretAccessKey, Secret sessionToken, Instant expiration) {}
