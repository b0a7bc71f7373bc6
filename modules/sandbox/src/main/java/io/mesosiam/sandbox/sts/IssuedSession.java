package io.mesosiam.sandbox.sts;

import java.time.Instant;

/** A session of AssumeRole that was issued, without its secrets. */
public record IssuedSession(
        String accessKeyId, String roleArn, String sessionName, Instant issuedAt, Instant expiration) {}
