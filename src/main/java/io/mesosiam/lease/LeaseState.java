package io.mesosiam.lease;

import java.time.Instant;
import java.util.Optional;

/**
 * The state of a lease: {@code pending → active ⇄ renewing → reaped}; {@code failed} can replace any live state. A
 * legal transition is a method on the state that it leaves, so an illegal one does not compile.
 *
 * <p>A launch that policy denies has no lease; it has a {@link Refusal}.
 *
 * <p>Times and reasons have the form in which a row stores them, see {@link Stored}. A state therefore equals the state
 * read from its own row.
 */
public sealed interface LeaseState {
    /** The state's name in rows and in the API. */
    String text();

    /** Whether the lease has a session that its agent serves. */
    default boolean isServed() {
        return switch (this) {
            case Active _, Renewing _ -> true;
            case Pending _, Failed _, Reaped _ -> false;
        };
    }

    /** The expiration of the session that the agent serves; empty if the lease has no served session. */
    default Optional<Instant> servedUntil() {
        return switch (this) {
            case Active active -> Optional.of(active.expiration());
            case Renewing renewing -> Optional.of(renewing.expiration());
            case Pending _, Failed _, Reaped _ -> Optional.empty();
        };
    }

    /** Every state except {@link Reaped}. A lease in any of these states can be ended. */
    sealed interface Live extends LeaseState {
        default Reaped reap(String reason, Instant at) {
            return new Reaped(reason, at);
        }
    }

    /** No session has been issued yet. */
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
        public String text() {
            return "pending";
        }
    }

    /**
     * A session has been issued.
     *
     * @param expiration expiration of the session as STS reported it
     * @param renewAt when the next session is requested
     * @param attempts consecutive failed renewals
     */
    record Active(Instant expiration, Instant renewAt, int attempts) implements Live {
        public Active {
            expiration = Stored.time(expiration);
            renewAt = Stored.time(renewAt);
        }

        public Renewing renew() {
            return new Renewing(expiration, attempts);
        }

        /** The agent holds a session of this lease that ends at {@code heldUntil}. */
        public Active adopt(Instant heldUntil, Instant nextRenewal) {
            return new Active(heldUntil, nextRenewal, 0);
        }

        /** Neither the agent nor the controller holds the session any more. */
        public Pending lose(String why) {
            return new Pending(why);
        }

        /** The session ended before it could be renewed. */
        public Failed expire(Instant retryAt) {
            return new Failed("its session ended before it could be renewed", attempts, retryAt);
        }

        @Override
        public String text() {
            return "active";
        }
    }

    /** A session has been issued and the next one is being requested. */
    record Renewing(Instant expiration, int attempts) implements Live {
        public Renewing {
            expiration = Stored.time(expiration);
        }

        public Active renewed(Instant until, Instant renewAt) {
            return new Active(until, renewAt, 0);
        }

        /** The renewal failed; the current session is still served, and the next attempt is at {@code retryAt}. */
        public Active retry(Instant retryAt) {
            return new Active(expiration, retryAt, attempts + 1);
        }

        /** The session ended before the next one was issued. */
        public Failed fail(String why, Instant retryAt) {
            return new Failed(why, attempts + 1, retryAt);
        }

        /**
         * The agent holds a session of this lease that ends at {@code heldUntil}; the request for the next one is still
         * pending.
         */
        public Renewing adopt(Instant heldUntil) {
            return new Renewing(heldUntil, attempts);
        }

        /** The session now belongs to another lease, which requests the next session itself. */
        public Active handOver(Instant renewAt) {
            return new Active(expiration, renewAt, attempts);
        }

        /**
         * Neither the agent nor the controller holds the session any more; the request for the next one is still
         * pending.
         */
        public Pending lose(String why) {
            return new Pending(why);
        }

        @Override
        public String text() {
            return "renewing";
        }
    }

    /**
     * STS issued no session.
     *
     * @param attempts consecutive failures
     */
    record Failed(String reason, int attempts, Instant retryAt) implements Live {
        public Failed {
            reason = Stored.text(reason);
            retryAt = Stored.time(retryAt);
        }

        public Pending retry() {
            return new Pending("retrying after: " + reason);
        }

        @Override
        public String text() {
            return "failed";
        }
    }

    /** The lease has ended. This state is final. */
    record Reaped(String reason, Instant at) implements LeaseState {
        public Reaped {
            reason = Stored.text(reason);
            at = Stored.time(at);
        }

        @Override
        public String text() {
            return "reaped";
        }
    }
}
