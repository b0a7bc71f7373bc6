package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.plan.SessionBackoff;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers for which identities STS issued no first session, and until when no further request is made. Of all leases
 * that wait for one identity, only one request is sent at a time: that of the first lease planned after the backoff.
 * Not thread-safe.
 */
final class IssueBackoff {
    private static final Duration ANSWER_BY = Duration.ofMinutes(1);

    private final RenewalRule rule;
    private final Map<String, SessionBackoff> holds = new HashMap<>();

    IssueBackoff(RenewalRule rule) {
        this.rule = rule;
    }

    Optional<SessionBackoff> hold(String identityHash) {
        return Optional.ofNullable(holds.get(identityHash));
    }

    /** Records that a request is being made, so that other leases wait for its answer. */
    void probing(String identityHash, Instant now) {
        holds.computeIfPresent(
                identityHash, (_, hold) -> new SessionBackoff(hold.attempts(), now.plus(ANSWER_BY), hold.refusal()));
    }

    /** Records a refusal by STS. */
    SessionBackoff refused(String identityHash, String reason, Instant now) {
        return failed(identityHash, Duration.ZERO, Optional.of(reason), now);
    }

    /** Records that STS gave no answer. */
    SessionBackoff failed(String identityHash, Optional<Duration> retryAfter, Instant now) {
        Optional<String> refusal = hold(identityHash).flatMap(SessionBackoff::refusal);
        return failed(identityHash, retryAfter.orElse(Duration.ZERO), refusal, now);
    }

    private SessionBackoff failed(String identityHash, Duration wanted, Optional<String> refusal, Instant now) {
        return holds.compute(identityHash, (_, before) -> {
            int attempts = before == null ? 1 : before.attempts() + 1;
            Duration delay = rule.backoff(attempts);
            Duration longest = wanted.compareTo(RenewalRule.LAST_RETRY) > 0 ? RenewalRule.LAST_RETRY : wanted;
            return new SessionBackoff(attempts, now.plus(delay.compareTo(longest) > 0 ? delay : longest), refusal);
        });
    }

    /**
     * Clears the identity's backoff.
     *
     * @return whether other leases may be waiting for it
     */
    boolean succeeded(String identityHash) {
        return holds.remove(identityHash) != null;
    }

    /** Forgets all identities except these. */
    void retain(Set<String> identityHashes) {
        holds.keySet().retainAll(identityHashes);
    }

    /** Forgets everything, because policies or the clock changed and all requests may be made again. */
    void clear() {
        holds.clear();
    }
}
