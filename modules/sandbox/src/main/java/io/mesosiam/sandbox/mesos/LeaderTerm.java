package io.mesosiam.sandbox.mesos;

import java.time.Instant;

/** One term of a master as the leading one. */
record LeaderTerm(String id, Instant started, Instant elected) {}
