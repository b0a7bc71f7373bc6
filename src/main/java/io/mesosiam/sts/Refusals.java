package io.mesosiam.sts;

import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import io.mesosiam.pause.Doubling;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Remembers identities that STS has refused, so that a refused session that many tasks share needs few calls. A refusal
 * is valid for 10 s, doubling up to 10 min with each consecutive refusal, minus jitter. This is slightly shorter than a
 * lease's own backoff, so that a task with its own identity always gets STS's answer. When the time has elapsed, one
 * request is sent to STS as a probe; other requests are refused until it is answered.
 *
 * <p>A refusal applies to the complete identity, that is, to all parameters of the request: a trust policy can require
 * a session name, a tag or an external id, so STS may refuse a session for one task and issue it for another. Renewals
 * are not affected: their identity has had a session, and a refusal for another request must not end it.
 */
final class Refusals {
    private static final Doubling PERIODS = new Doubling(Duration.ofSeconds(10), Duration.ofMinutes(10));
    private static final double JITTER = 0.25;
    private static final int MAX_REMEMBERED = 10_000;

    private final InstantSource clock;
    private final RandomGenerator random;
    private final Map<SessionIdentity, Standing> standing = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionIdentity, Standing> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    Refusals(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    private record Standing(String reason, Duration period, Instant since, Instant until, boolean probing) {
        boolean holds(Instant now) {
            return probing || stands(now);
        }

        /**
         * Whether the refusal is still valid. A time before the refusal means that the clock was set back; its age is
         * then unknown, and it is not valid.
         */
        boolean stands(Instant now) {
            return !now.isBefore(since) && now.isBefore(until);
        }

        Standing probing(boolean on) {
            return new Standing(reason, period, since, until, on);
        }
    }

    /** Returns the refusal that applies to the request; empty if the request may be sent to STS. */
    synchronized Optional<SessionOutcome> holding(SessionIdentity identity) {
        Standing known = standing.get(identity);
        return known != null && known.holds(clock.instant())
                ? Optional.of(new SessionOutcome.Refused(known.reason()))
                : Optional.empty();
    }

    /**
     * Like {@link #holding}, but a request that may be sent becomes the probe. The caller must then call {@link #over},
     * regardless of the result.
     */
    synchronized Optional<SessionOutcome> admit(SessionIdentity identity) {
        Optional<SessionOutcome> holding = holding(identity);
        if (holding.isEmpty()) {
            standing.computeIfPresent(identity, (key, known) -> known.probing(true));
        }
        return holding;
    }

    /** Records STS's answer. An unavailable outcome changes nothing, except that the next request can be the probe. */
    synchronized void answered(SessionIdentity identity, SessionOutcome outcome) {
        switch (outcome) {
            case SessionOutcome.Issued issued -> standing.remove(identity);
            case SessionOutcome.Refused refused ->
                standing.compute(identity, (key, known) -> next(Optional.ofNullable(known), refused.reason()));
            case SessionOutcome.Unavailable unavailable -> over(identity);
        }
    }

    /** Records that the request has ended, with or without an answer, so that the next one can be the probe. */
    synchronized void over(SessionIdentity identity) {
        standing.computeIfPresent(identity, (key, known) -> known.probing(false));
    }

    /** Forgets all refusals. */
    synchronized void clear() {
        standing.clear();
    }

    private Standing next(Optional<Standing> known, String reason) {
        Instant now = clock.instant();
        if (known.isPresent() && known.get().stands(now)) {
            // The request was sent before the first refusal arrived, so this is not a further refusal.
            return known.get();
        }
        Duration period = known.map(before -> PERIODS.next(before.period())).orElse(PERIODS.first());
        double share = 1 - JITTER * random.nextDouble();
        return new Standing(reason, period, now, now.plusMillis((long) (period.toMillis() * share)), false);
    }
}
