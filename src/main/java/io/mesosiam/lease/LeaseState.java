package io.mesosiam.lease;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a lease stands: {@code pending → active ⇄ renewing → reaped}, with {@code failed} beside them. A legal
 * transition is a method on the state that it leaves, so an illegal one does not compile.
 *
 * <p>What policy denies has no lease: its standing is a {@link Refusal}.
 *
 * <p>Times and reasons are as a row holds them, see {@link Stored}, so that a state and its own row are equal.
 */
public sealed interface LeaseState {
    /** The word that rows and the API use. */
    String word();

    /** Whether there is a session, which its agent serves. */
    default boolean isServed() {
        return switch (this) {
            case Active _, Renewing _ -> true;
            case Pending _, Failed _, Reaped _ -> false;
        };
    }

    /** The end of the session that its agent serves; empty if there is none. */
    default Optional<Instant> servedUntil() {
        return switch (this) {
            case Active active -> Optional.of(active.expiration());
            case Renewing renewing -> Optional.of(renewing.expiration());
            case Pending _, Failed _, Reaped _ -> Optional.empty();
        };
    }

    /** Every state but the last: whatever a lease is doing, it can be ended. */
    sealed interface Live extends LeaseState {
        default Reaped reap(String reason, Instant at) {
            return new Reaped(reason, at);
        }
    }

    /** Promised; no session yet. */
    record Pending(String reason) implements Live {
        public Pending {
            reason = Stored.text(reason);
        }

        public Active activate(Instant expiration, Instant renewAt) {
            return new Active(expiration, renewAt, 0);
        }

        public Failed fail(String why, int attempts, Instant retryAt) {
            return new Failed(why, attempts, retryAt);
        }

        @Override
        public String word() {
            return "pending";
        }
    }

    /**
     * A session is there.
     *
     * @param expiration the session's end by STS
     * @param renewAt when the next session is asked for
     * @param attempts how often in a row renewing it has failed
     */
    record Active(Instant expiration, Instant renewAt, int attempts) implements Live {
        public Active {
            expiration = Stored.time(expiration);
            renewAt = Stored.time(renewAt);
        }

        public Renewing renew() {
            return new Renewing(expiration, attempts);
        }

        /** The agent holds a session of it that ends at {@code heldUntil}. */
        public Active adopt(Instant heldUntil, Instant nextRenewal) {
            return new Active(heldUntil, nextRenewal, 0);
        }

        /** Neither the agent nor the controller has the session any more. */
        public Pending lose(String why) {
            return new Pending(why);
        }

        /** The session ended before it could be renewed. */
        public Failed expire(Instant retryAt) {
            return new Failed("its session ended before it could be renewed", attempts, retryAt);
        }

        @Override
        public String word() {
            return "active";
        }
    }

    /** A session is there and its successor is being asked for. */
    record Renewing(Instant expiration, int attempts) implements Live {
        public Renewing {
            expiration = Stored.time(expiration);
        }

        public Active renewed(Instant until, Instant renewAt) {
            return new Active(until, renewAt, 0);
        }

        /** The good session is served on; the next try is at {@code retryAt}. */
        public Active retry(Instant retryAt) {
            return new Active(expiration, retryAt, attempts + 1);
        }

        /** No successor came before the session's end. */
        public Failed fail(String why, Instant retryAt) {
            return new Failed(why, attempts + 1, retryAt);
        }

        /** The agent holds a session of it that ends at {@code heldUntil}; the successor is still on its way. */
        public Renewing adopt(Instant heldUntil) {
            return new Renewing(heldUntil, attempts);
        }

        /** The good session is another lease's now, which asks for its successor by itself. */
        public Active handOver(Instant renewAt) {
            return new Active(expiration, renewAt, attempts);
        }

        /** Neither the agent nor the controller has the session any more; the successor is still on its way. */
        public Pending lose(String why) {
            return new Pending(why);
        }

        @Override
        public String word() {
            return "renewing";
        }
    }

    /**
     * STS gave no session.
     *
     * @param attempts how often in a row
     */
    record Failed(String reason, int attempts, Instant retryAt) implements Live {
        public Failed {
            reason = Stored.text(reason);
            retryAt = Stored.time(retryAt);
        }

        public Pending retry() {
            return new Pending("asking again after: " + reason);
        }

        @Override
        public String word() {
            return "failed";
        }
    }

    /** Ended for good. */
    record Reaped(String reason, Instant at) implements LeaseState {
        public Reaped {
            reason = Stored.text(reason);
            at = Stored.time(at);
        }

        @Override
        public String word() {
            return "reaped";
        }
    }
}
