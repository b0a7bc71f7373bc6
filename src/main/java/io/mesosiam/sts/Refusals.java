package io.mesosiam.sts;

import io.mesosiam.backoff.Doubling;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What STS refused, so that a denied session which a thousand tasks share costs a call now and then and not a thousand. A
 * refusal stands for 10 s, doubling to 10 min with each that follows, less some jitter: a little shorter than a lease
 * waits before it tries again, so that one task alone is always answered by STS itself. When it has stood its time, one
 * ask goes through as a probe; the others are refused as before until it is back.
 *
 * <p>It stands for the whole identity, which is everything that STS is asked with: a trust policy can demand a session name, a tag or an external
 * id, so that what STS refuses one task it may give another one. Renewals are none of its business: their identity
 * had a session before, and another's refusal must not end it.
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

        /** A time before the refusal's own means that the clock stepped back: how long it has stood is unknown, so it ends. */
        boolean stands(Instant now) {
            return !now.isBefore(since) && now.isBefore(until);
        }

        Standing probing(boolean on) {
            return new Standing(reason, period, since, until, on);
        }
    }

    /** The refusal that holds for this ask; empty if it may go on towards STS. */
    synchronized Optional<SessionOutcome> holding(SessionIdentity identity) {
        Standing known = standing.get(identity);
        return known != null && known.holds(clock.instant())
                ? Optional.of(new SessionOutcome.Refused(known.reason()))
                : Optional.empty();
    }

    /** As {@link #holding}; an ask that goes on is the probe, and must end with {@link #over}, whatever comes of it. */
    synchronized Optional<SessionOutcome> admit(SessionIdentity identity) {
        Optional<SessionOutcome> holding = holding(identity);
        if (holding.isEmpty()) {
            standing.computeIfPresent(identity, (key, known) -> known.probing(true));
        }
        return holding;
    }

    /** What STS said. No answer changes nothing, but lets the next ask be the probe. */
    synchronized void answered(SessionIdentity identity, SessionOutcome outcome) {
        switch (outcome) {
            case SessionOutcome.Issued issued -> standing.remove(identity);
            case SessionOutcome.Refused refused ->
                standing.compute(identity, (key, known) -> next(Optional.ofNullable(known), refused.reason()));
            case SessionOutcome.Unavailable unavailable -> over(identity);
        }
    }

    /** The ask has ended, with or without an answer: the next one may be the probe. */
    synchronized void over(SessionIdentity identity) {
        standing.computeIfPresent(identity, (key, known) -> known.probing(false));
    }

    /** Everything may be asked again. */
    synchronized void clear() {
        standing.clear();
    }

    private Standing next(Optional<Standing> known, String reason) {
        Instant now = clock.instant();
        if (known.isPresent() && known.get().stands(now)) {
            // asked before the first refusal came back: the same refusal, not one more
            return known.get();
        }
        Duration period = known.map(before -> PERIODS.next(before.period())).orElse(PERIODS.first());
        double share = 1 - JITTER * random.nextDouble();
        return new Standing(reason, period, now, now.plusMillis((long) (period.toMillis() * share)), false);
    }
}
