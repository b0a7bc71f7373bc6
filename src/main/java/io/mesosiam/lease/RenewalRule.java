package io.mesosiam.lease;

import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.pause.Doubling;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Computes when a session is renewed and when a failed call is retried. Pure except for its random generator.
 *
 * <p>A one-hour session is renewed 32 to 40 min after its issue, other sessions in proportion. SDKs fetch credentials
 * again from 15 min before their expiration, and some use nearly expired credentials for up to 20 min; a one-hour
 * session therefore always has 20 min left when it is replaced.
 */
public final class RenewalRule {
    static final Duration FIRST_RETRY = Duration.ofSeconds(15);
    public static final Duration LAST_RETRY = Duration.ofMinutes(15);

    private static final double EARLIEST = 32.0 / 60;
    private static final double LATEST = 40.0 / 60;

    /**
     * A delay is extended by a random part of up to this fraction, so that calls that failed together are not retried
     * together.
     */
    private static final double JITTER = 0.25;

    private static final Doubling RETRIES =
            new Doubling(FIRST_RETRY, Duration.ofMillis((long) (LAST_RETRY.toMillis() / (1 + JITTER))));

    /** Few calls are made while STS doesn't answer, so the last delay can be short: a task waits for it after an outage. */
    private static final Doubling RETRIES_OF_A_PASSING_FAILURE =
            new Doubling(Duration.ofSeconds(2), Duration.ofSeconds(15));

    private final RandomGenerator random;

    public RenewalRule(RandomGenerator random) {
        this.random = random;
    }

    /** When a session that was just issued is renewed. */
    public Instant renewAt(Instant issuedAt, Instant expiration) {
        Duration length = Duration.between(issuedAt, expiration);
        return length.isNegative() ? issuedAt : issuedAt.plus(part(length, EARLIEST, LATEST));
    }

    /**
     * When a session is renewed whose issue this controller did not observe. If the renewal window has begun, its
     * remaining part is used; if the window has passed, the result is {@code now}.
     */
    public Instant renewAdoptedAt(Instant expiration, Duration length, Instant now) {
        Instant issuedAt = expiration.minus(length);
        Instant earliest = latest(now, issuedAt.plus(part(length, EARLIEST, EARLIEST)));
        Instant latest = latest(earliest, issuedAt.plus(part(length, LATEST, LATEST)));
        return earliest.plus(part(Duration.between(earliest, latest), 0, 1));
    }

    /** Whether a session may still be shared with another lease: its renewal window has not begun. */
    public boolean fresh(Instant expiration, Duration length, Instant now) {
        return now.isBefore(expiration.minus(length).plus(part(length, EARLIEST, EARLIEST)));
    }

    /**
     * The delay after the {@code attempts}th consecutive failure: 15 s, doubled each time, at most 15 min, plus jitter.
     *
     * @param attempts from 1
     */
    public Duration backoff(int attempts) {
        return withJitter(RETRIES.after(attempts));
    }

    /**
     * The delay after the {@code attempts}th consecutive failure to request a session. If STS refused it: as {@link #backoff}.
     * If it gave no usable answer: 2 s, doubled each time, at most 15 s, plus jitter.
     *
     * @param attempts from 1
     */
    public Duration backoff(SessionOutcome.Failure failure, int attempts) {
        return switch (failure) {
            case SessionOutcome.Refused _ -> backoff(attempts);
            case SessionOutcome.Unavailable _ -> withJitter(RETRIES_OF_A_PASSING_FAILURE.after(attempts));
        };
    }

    private Duration withJitter(Duration most) {
        long delay = most.toMillis();
        return Duration.ofMillis(delay + (long) (delay * JITTER * random.nextDouble()));
    }

    private Duration part(Duration of, double from, double to) {
        double share = from == to ? from : from + (to - from) * random.nextDouble();
        return Duration.ofMillis((long) (of.toMillis() * share));
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
