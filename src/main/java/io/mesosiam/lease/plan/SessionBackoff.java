package io.mesosiam.lease.plan;

import java.time.Instant;
import java.util.Optional;

/**
 * The backoff of one session identity after consecutive failures.
 *
 * @param until when the next request may be made
 * @param refusal the cause for operators, once AWS has refused the identity; a later temporary failure doesn't clear it
 */
public record SessionBackoff(int attempts, Instant until, Optional<String> refusal) {}
