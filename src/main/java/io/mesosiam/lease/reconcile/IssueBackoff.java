package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.RenewalRule;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The identities that STS gave no first session for, and until when it isn't to be asked again. Of all leases that wait
 * for one identity, one asks at a time: whoever comes first once the time is over. Not for several threads at once.
 */
final class IssueBackoff {
    private static final Duration ANSWER_BY = Duration.ofMinutes(1);

    private final RenewalRule rule;
    private final Map<String, Hold> holds = new HashMap<>();

    /**
     * Where one identity stands after its failures in a row.
     *
     * @param until when it is asked for again
     * @param refusal why AWS refuses it, for operators, once AWS has; a later failure that passes doesn't change that
     */
    record Hold(int attempts, Instant until, Optional<String> refusal) {}

    IssueBackoff(RenewalRule rule) {
        this.rule = rule;
    }

    Optional<Hold> hold(String identityHash) {
        return Optional.ofNullable(holds.get(identityHash));
    }

    /** Someone asks: the others wait for the answer. */
    void probing(String identityHash, Instant now) {
        holds.computeIfPresent(identityHash, (_, hold) -> new Hold(hold.attempts, now.plus(ANSWER_BY), hold.refusal));
    }

    /** STS refused it. */
    Hold refused(String identityHash, String reason, Instant now) {
        return failed(identityHash, Duration.ZERO, Optional.of(reason), now);
    }

    /** STS gave no answer for now. */
    Hold failed(String identityHash, Optional<Duration> retryAfter, Instant now) {
        Optional<String> refusal = hold(identityHash).flatMap(Hold::refusal);
        return failed(identityHash, retryAfter.orElse(Duration.ZERO), refusal, now);
    }

    private Hold failed(String identityHash, Duration wanted, Optional<String> refusal, Instant now) {
        return holds.compute(identityHash, (_, before) -> {
            int attempts = before == null ? 1 : before.attempts + 1;
            Duration delay = rule.backoff(attempts);
            Duration longest = wanted.compareTo(RenewalRule.LAST_RETRY) > 0 ? RenewalRule.LAST_RETRY : wanted;
            return new Hold(attempts, now.plus(delay.compareTo(longest) > 0 ? delay : longest), refusal);
        });
    }

    /** {@return whether others may be waiting for this} */
    boolean succeeded(String identityHash) {
        return holds.remove(identityHash) != null;
    }

    /** Forgets all but these. */
    void retain(Set<String> identityHashes) {
        holds.keySet().retainAll(identityHashes);
    }

    /** Policies changed: everything may be asked for again. */
    void clear() {
        holds.clear();
    }
}
