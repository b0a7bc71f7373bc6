package io.mesosiam.lease.reconcile;

import io.mesosiam.lease.RenewalRule;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.lease.plan.SessionBackoff;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Remembers for which identities STS issued no first session, and until when no further request is made, so that a
 * session that many tasks share needs few calls. Of all leases that wait for one identity, only one request is then
 * sent at a time: that of the first lease planned after the backoff. Not thread-safe.
 *
 * <p>A backoff applies to the complete identity, that is, to all parameters of the request: a trust policy can require a
 * session name, a tag or an external id, so STS may refuse a session for one task and issue it for another. Renewals
 * are not affected: their identity has had a session, and a refusal of another request must not end it.
 */
final class IssueBackoff {
    private static final Duration ANSWER_BY = Duration.ofMinutes(1);

    private final RenewalRule rule;
    private final Map<String, Entry> entries = new HashMap<>();

    /**
     * The backoff of one identity.
     *
     * @param since when STS failed, or when the probe was sent
     * @param probing whether the next request has been sent and not been answered yet
     */
    private record Entry(SessionBackoff backoff, Instant since, boolean probing) {
        /** A time before the failure means that the clock was set back: the backoff's age is then unknown. */
        boolean isOfAKnownAge(Instant now) {
            return !now.isBefore(since);
        }

        /** Whether no request may be sent now. A request that fails now was sent before the backoff began. */
        boolean stands(Instant now) {
            return !probing && isOfAKnownAge(now) && now.isBefore(backoff.until());
        }
    }

    IssueBackoff(RenewalRule rule) {
        this.rule = rule;
    }

    Optional<SessionBackoff> hold(String identityHash, Instant now) {
        return Optional.ofNullable(entries.get(identityHash))
                .filter(entry -> entry.isOfAKnownAge(now))
                .map(Entry::backoff);
    }

    /** Records that a first session is being requested, so that other leases wait for the answer. */
    void probing(String identityHash, Instant now) {
        entries.computeIfPresent(identityHash, (_, entry) -> {
            SessionBackoff before = entry.backoff();
            return new Entry(new SessionBackoff(before.attempts(), now.plus(ANSWER_BY), before.refusal()), now, true);
        });
    }

    /** Records that STS issued no session. Requests that were sent before the backoff began count once together. */
    SessionBackoff failed(String identityHash, SessionOutcome.Failure failure, Instant now) {
        Optional<Entry> before = Optional.ofNullable(entries.get(identityHash));
        Optional<Entry> standing = before.filter(entry -> entry.stands(now));
        int attempts = standing.map(entry -> entry.backoff().attempts())
                .orElseGet(() ->
                        before.map(entry -> entry.backoff().attempts() + 1).orElse(1));
        Instant until = standing.map(entry -> entry.backoff().until())
                .orElseGet(() -> now.plus(rule.backoff(failure, attempts)));
        Optional<String> known = before.flatMap(entry -> entry.backoff().refusal());
        SessionBackoff next =
                switch (failure) {
                    case SessionOutcome.Refused(String reason) ->
                        new SessionBackoff(attempts, until, Optional.of(reason));
                    case SessionOutcome.Unavailable away ->
                        new SessionBackoff(attempts, later(until, now.plus(wanted(away))), known);
                };
        entries.put(identityHash, new Entry(next, standing.map(Entry::since).orElse(now), false));
        return next;
    }

    private static Duration wanted(SessionOutcome.Unavailable away) {
        Duration wanted = away.retryAfter().orElse(Duration.ZERO);
        return wanted.compareTo(RenewalRule.LAST_RETRY) > 0 ? RenewalRule.LAST_RETRY : wanted;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * Clears the identity's backoff.
     *
     * @return whether other leases may be waiting for it
     */
    boolean succeeded(String identityHash) {
        return entries.remove(identityHash) != null;
    }

    /** Forgets all identities except these. */
    void retain(Set<String> identityHashes) {
        entries.keySet().retainAll(identityHashes);
    }

    /** Forgets one identity, because policies of a lease with it changed and a request may be made again. */
    void clear(String identityHash) {
        entries.remove(identityHash);
    }

    /** Forgets everything, because policies or the clock changed and all requests may be made again. */
    void clear() {
        entries.clear();
    }
}
