package io.mesosiam.lease;

import java.time.Instant;

/**
 * Where a lease stands: {@code pending → active ⇄ renewing → reaped}, with {@code denied} and {@code failed} beside
 * them. A legal transition is a method on the state that it leaves.
 */
public sealed interface LeaseState {
    /** Promised; no session yet. */
    record Pending(String reason) implements LeaseState {}

    /**
     * A session is there.
     *
     * @param expiration the session's end by STS
     * @param renewAt when the next session is asked for
     * @param attempts how often in a row renewing it has failed
     */
    record Active(Instant expiration, Instant renewAt, int attempts) implements LeaseState {}

    /** A session is there and its successor is being asked for. */
    record Renewing(Instant expiration, int attempts) implements LeaseState {}

    /** Policy gives it nothing. */
    record Denied(String reason) implements LeaseState {}

    /** STS gave no session. */
    record Failed(String reason, int attempts, Instant retryAt) implements LeaseState {}

    /** Ended for good. */
    record Reaped(String reason, Instant at) implements LeaseState {}
}
