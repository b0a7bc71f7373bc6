package io.mesosiam.sandbox.cluster;

import java.time.Instant;

/** One term of a master as the leading one. */
public record LeaderTerm(String id, Instant started, Instant elected) {}
